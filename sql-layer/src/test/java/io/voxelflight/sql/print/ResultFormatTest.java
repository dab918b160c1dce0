package io.voxelflight.sql.print;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ResultFormatTest {
    private static final Schema SCHEMA = new Schema(List.of(
            field("n", new ArrowType.Int(64, true)),
            field("byte", new ArrowType.Int(8, false)),
            field("share", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
            field("total", new ArrowType.Decimal(20, 2, 128)),
            field("note", new ArrowType.Utf8()),
            field("at", new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC")),
            new Field(
                    "shape",
                    FieldType.nullable(new ArrowType.List()),
                    List.of(field("item", new ArrowType.Int(64, true)))),
            field("attrs", new ArrowType.Utf8())));
    private static final int ATTRS = 7;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @Test
    void aDocumentSaysItsColumnsAndHowMuchItHolds() throws IOException {
        JsonNode document = new ObjectMapper().readTree(print(ResultFormat.DOCUMENT));
        assertThat(document.path("columns").get(0).path("name").asText()).isEqualTo("n");
        assertThat(document.path("columns").get(6).path("type").asText()).isEqualTo("List<Int(64, true)>");
        assertThat(document.path("rows").get(0).get(0).asLong()).isEqualTo(9007199254740993L);
        assertThat(document.path("rows").get(0).get(ATTRS).path("k").get(0).asInt())
                .isEqualTo(1);
        assertThat(document.path("rows").get(2).get(4).isNull()).isTrue();
        assertThat(document.path("row_count").asInt()).isEqualTo(3);
        assertThat(document.path("row_limit").asInt()).isEqualTo(100);
        assertThat(document.path("truncated").asBoolean(true)).isFalse();
        assertThat(new ObjectMapper().readTree(empty(ResultFormat.DOCUMENT)).path("rows"))
                .isEmpty();
    }

    @Test
    void csvTellsNullFromEmptyAndQuotesWhatNeedsIt() throws IOException {
        assertThat(print(ResultFormat.CSV))
                .isEqualTo("n,byte,share,total,note,at,shape,attrs\n"
                        + "9007199254740993,200,0.1,12.30,\"say \"\"a,b\"\"\",2026-01-02T03:04:05.000006Z,"
                        + "\"[260,330]\",\"{\"\"k\"\": [1]}\"\n"
                        + "-1,0,NaN,0.00,\"\",1969-12-31T23:59:59.999999Z,[],{}\n"
                        + ",,,,,,,\n");
    }

    @Test
    void jsonIsADocumentWithALinePerRow() throws IOException {
        String text = print(ResultFormat.JSON);
        assertThat(text.lines()).hasSize(5);
        JsonNode rows = new ObjectMapper().readTree(text);
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).path("n").asLong()).isEqualTo(9007199254740993L);
        assertThat(rows.get(0).path("byte").asInt()).isEqualTo(200);
        assertThat(rows.get(0).path("note").asText()).isEqualTo("say \"a,b\"");
        assertThat(rows.get(0).path("shape").toString()).isEqualTo("[260,330]");
        assertThat(rows.get(0).path("attrs").path("k").get(0).asInt()).isEqualTo(1);
        assertThat(rows.get(1).path("share").asText()).isEqualTo("NaN");
        assertThat(rows.get(2)).allMatch(JsonNode::isNull).hasSize(8);
    }

    @Test
    void aTableLinesItsColumnsUpAndSaysNull() throws IOException {
        List<String> lines = print(ResultFormat.TABLE).lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).startsWith("               n  byte  share  total  note");
        assertThat(lines.get(2)).startsWith("9007199254740993   200    0.1  12.30  say \"a,b\"");
        assertThat(lines.get(4)).startsWith("            NULL  NULL   NULL   NULL  NULL");
    }

    @Test
    void arrowKeepsTheTypes() throws Exception {
        byte[] stream = bytes(ResultFormat.ARROW);
        try (ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(stream), memory.allocator())) {
            assertThat(reader.getVectorSchemaRoot().getSchema()).isEqualTo(SCHEMA);
            assertThat(reader.loadNextBatch()).isTrue();
            assertThat(reader.getVectorSchemaRoot().getRowCount()).isEqualTo(3);
            assertThat(reader.getVectorSchemaRoot().getVector("total").getObject(0))
                    .isEqualTo(new BigDecimal("12.30"));
            assertThat(reader.loadNextBatch()).isFalse();
        }
    }

    @Test
    void aResultWithoutRowsHasItsHeader() throws IOException {
        assertThat(empty(ResultFormat.CSV)).isEqualTo("n,byte,share,total,note,at,shape,attrs\n");
        assertThat(empty(ResultFormat.JSON)).isEqualTo("[]\n");
        assertThat(empty(ResultFormat.TABLE).lines()).hasSize(2);
    }

    @Test
    void aTableOfManyRowsStreamsAndCutsLongValuesVisibly() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ResultPrinter printer = ResultFormat.TABLE.to(out, SCHEMA, Set.of(), 100);
        Schema schema = new Schema(List.of(field("note", new ArrowType.Utf8())));
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, memory.allocator())) {
            VarCharVector note = (VarCharVector) root.getVector("note");
            for (int i = 0; i < TablePrinter.SAMPLE + 10; i++) {
                note.setSafe(
                        i, "x".repeat(i == 0 ? TablePrinter.LONGEST + 1 : 3).getBytes(StandardCharsets.UTF_8));
            }
            root.setRowCount(TablePrinter.SAMPLE + 10);
            printer.batch(root);
        }
        printer.end(false);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(TablePrinter.SAMPLE + 12);
        assertThat(lines.get(2)).hasSize(TablePrinter.LONGEST).endsWith("x…");
        assertThat(lines.get(3)).isEqualTo("xxx");
    }

    private String print(ResultFormat format) throws IOException {
        return new String(bytes(format), StandardCharsets.UTF_8);
    }

    private byte[] bytes(ResultFormat format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ResultPrinter printer = format.to(out, SCHEMA, Set.of(ATTRS), 100);
        try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, memory.allocator())) {
            fill(root);
            printer.batch(root);
        }
        printer.end(false);
        return out.toByteArray();
    }

    private String empty(ResultFormat format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ResultPrinter printer = format.to(out, SCHEMA, Set.of(ATTRS), 100);
        try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, memory.allocator())) {
            printer.batch(root);
        }
        printer.end(false);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void fill(VectorSchemaRoot root) {
        BigIntVector n = (BigIntVector) root.getVector("n");
        n.setSafe(0, 9007199254740993L); // 2^53 + 1: a double would lose it
        n.setSafe(1, -1);
        UInt1Vector bytes = (UInt1Vector) root.getVector("byte");
        bytes.setSafe(0, 200);
        bytes.setSafe(1, 0);
        Float8Vector share = (Float8Vector) root.getVector("share");
        share.setSafe(0, 0.1);
        share.setSafe(1, Double.NaN);
        DecimalVector total = (DecimalVector) root.getVector("total");
        total.setSafe(0, new BigDecimal("12.30"));
        total.setSafe(1, new BigDecimal("0.00"));
        VarCharVector note = (VarCharVector) root.getVector("note");
        note.setSafe(0, "say \"a,b\"".getBytes(StandardCharsets.UTF_8));
        note.setSafe(1, new byte[0]);
        TimeStampMicroTZVector at = (TimeStampMicroTZVector) root.getVector("at");
        at.setSafe(0, Instant.parse("2026-01-02T03:04:05Z").getEpochSecond() * 1_000_000 + 6);
        at.setSafe(1, -1);
        UnionListWriter shape = ((ListVector) root.getVector("shape")).getWriter();
        shape.setPosition(0);
        shape.startList();
        shape.writeBigInt(260);
        shape.writeBigInt(330);
        shape.endList();
        shape.setPosition(1);
        shape.startList();
        shape.endList();
        VarCharVector attrs = (VarCharVector) root.getVector("attrs");
        attrs.setSafe(0, "{\"k\": [1]}".getBytes(StandardCharsets.UTF_8));
        attrs.setSafe(1, "{}".getBytes(StandardCharsets.UTF_8));
        root.setRowCount(3);
    }

    private static Field field(String name, ArrowType type) {
        return new Field(name, FieldType.nullable(type), List.of());
    }
}
