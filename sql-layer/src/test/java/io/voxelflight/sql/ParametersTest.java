package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.catalogue.Kind;
import io.voxelflight.sql.execute.Literals;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.translate.Visibility;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "it's",
                "'",
                "''",
                "' OR 1=1 --",
                "'; DROP TABLE chunk; --",
                "\\",
                "\\'",
                "a\\' OR 1=1 --",
                "$$x$$",
                "?",
                "x' AS text) || (SELECT rolpassword FROM pg_authid LIMIT 1) || CAST('",
                "/* */ -- //",
                "line\nbreak\ttab\rreturn",
                "\u00e9\u6f22\ud83d\ude00",
                "\u200b",
                ""
            })
    void textComesBackAsItIs(String text) {
        assertThat(Answer.of(SQL.engine(), "SELECT CAST(? AS varchar)", literal(Kind.TEXT, text))
                        .single())
                .isEqualTo(text);
        assertThat(Answer.of(SQL.engine(), "SELECT count(*) FROM datasets WHERE name = ?", literal(Kind.TEXT, text))
                        .single())
                .isEqualTo(0L);
    }

    @Test
    void aCharacterOfCodeZeroIsRefused() {
        assertThatThrownBy(() -> literal(Kind.TEXT, "a\0b"))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("code 0");
    }

    @Test
    void textIsNoNumber() {
        String literal = literal(Kind.INT8, "1) OR (1=1");
        assertThatThrownBy(() -> Answer.of(SQL.engine(), "SELECT id FROM chunks WHERE id = ?", literal))
                .isInstanceOfSatisfying(ServiceException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                    assertThat(e.line()).contains("invalid input syntax for type bigint");
                });
    }

    @Test
    void eachTypeIsBound() {
        try (BigIntVector longs = new BigIntVector("l", SQL.allocator());
                Float8Vector doubles = new Float8Vector("d", SQL.allocator());
                BitVector bits = new BitVector("b", SQL.allocator());
                DecimalVector decimals = new DecimalVector("n", SQL.allocator(), 20, 5);
                DateDayVector days = new DateDayVector("t", SQL.allocator());
                TimeStampMicroTZVector instants = new TimeStampMicroTZVector("i", SQL.allocator(), "UTC");
                TimeStampNanoVector locals = new TimeStampNanoVector("o", SQL.allocator());
                UInt2Vector shorts = new UInt2Vector("u", SQL.allocator());
                UInt8Vector unsigned = new UInt8Vector("v", SQL.allocator());
                IntVector nulls = new IntVector("z", SQL.allocator())) {
            longs.setSafe(0, Long.MIN_VALUE);
            doubles.setSafe(0, 0.1);
            doubles.setSafe(1, Double.NaN);
            doubles.setSafe(2, Double.NEGATIVE_INFINITY);
            bits.setSafe(0, 1);
            decimals.setSafe(0, new BigDecimal("-123.45600"));
            days.setSafe(0, -1);
            instants.setSafe(0, 1_583_020_799_123_456L);
            locals.setSafe(0, -1_000L);
            shorts.setSafe(0, 65_535);
            unsigned.setSafe(0, -1L);
            nulls.setNull(0);

            assertThat(one("bigint", Literals.of(ColumnType.of(Kind.INT8), longs, 0, 1)))
                    .isEqualTo(Long.MIN_VALUE);
            assertThat(one("double", Literals.of(ColumnType.of(Kind.FLOAT8), doubles, 0, 1)))
                    .isEqualTo(0.1);
            assertThat(one("double", Literals.of(ColumnType.of(Kind.FLOAT8), doubles, 1, 1)))
                    .isEqualTo(Double.NaN);
            assertThat(one("double", Literals.of(ColumnType.of(Kind.FLOAT8), doubles, 2, 1)))
                    .isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(one("boolean", Literals.of(ColumnType.of(Kind.BOOLEAN), bits, 0, 1)))
                    .isEqualTo(true);
            assertThat(one("decimal(20,5)", Literals.of(ColumnType.of(Kind.NUMERIC), decimals, 0, 1)))
                    .isEqualTo(new BigDecimal("-123.45600"));
            assertThat(one("date", Literals.of(ColumnType.of(Kind.DATE), days, 0, 1)))
                    .isEqualTo(-1);
            assertThat(one("timestamptz", Literals.of(ColumnType.of(Kind.TIMESTAMPTZ), instants, 0, 1)))
                    .isEqualTo(1_583_020_799_123_456L);
            assertThat(one("varchar", Literals.of(ColumnType.of(Kind.TIMESTAMP), locals, 0, 1)))
                    .isEqualTo("1969-12-31 23:59:59.999999");
            assertThat(one("integer", Literals.of(ColumnType.of(Kind.INT4), shorts, 0, 1)))
                    .isEqualTo(65_535);
            assertThat(one("varchar", Literals.of(ColumnType.of(Kind.NUMERIC), unsigned, 0, 1)))
                    .isEqualTo("18446744073709551615");
            assertThat(one("integer", Literals.of(ColumnType.of(Kind.INT4), nulls, 0, 1)))
                    .isNull();
        }
    }

    @Test
    void halvesViewsAndBytesOfUuidsAreBound() {
        UUID id = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");
        try (Float2Vector halves = new Float2Vector("h", SQL.allocator());
                ViewVarCharVector views = new ViewVarCharVector("v", SQL.allocator());
                FixedSizeBinaryVector bytes = new FixedSizeBinaryVector("u", SQL.allocator(), 16)) {
            halves.allocateNew(2);
            halves.setWithPossibleTruncate(0, -1.5f);
            halves.setWithPossibleTruncate(1, Float.NaN);
            views.allocateNew(2);
            views.setSafe(0, "it's".getBytes(StandardCharsets.UTF_8));
            views.setSafe(1, "longer than the twelve bytes of a view".getBytes(StandardCharsets.UTF_8));
            bytes.allocateNew(1);
            bytes.set(
                    0,
                    ByteBuffer.allocate(16)
                            .putLong(id.getMostSignificantBits())
                            .putLong(id.getLeastSignificantBits())
                            .array());

            assertThat(one("real", Literals.of(ColumnType.of(Kind.FLOAT4), halves, 0, 1)))
                    .isEqualTo(-1.5f);
            assertThat(one("double", Literals.of(ColumnType.of(Kind.FLOAT8), halves, 1, 1)))
                    .isEqualTo(Double.NaN);
            assertThat(one("varchar", Literals.of(ColumnType.of(Kind.TEXT), views, 0, 1)))
                    .isEqualTo("it's");
            assertThat(one("varchar", Literals.of(ColumnType.of(Kind.TEXT), views, 1, 1)))
                    .isEqualTo("longer than the twelve bytes of a view");
            assertThat(one("uuid", Literals.of(ColumnType.of(Kind.UUID), bytes, 0, 1)))
                    .isEqualTo(id.toString());
        }
    }

    @Test
    void typesComeFromTheStatement() {
        PreparedQuery query = SQL.engine()
                .prepare(
                        "SELECT id FROM chunks WHERE dataset = ? AND id > ? AND mean < ? AND created_at > ?"
                                + " AND dataset_id = ? AND (level = ? OR ?) LIMIT ? OFFSET ?",
                        Visibility.ALL);
        assertThat(query.translation().parameters().stream().map(ColumnType::kind))
                .containsExactly(
                        Kind.TEXT,
                        Kind.INT8,
                        Kind.FLOAT8,
                        Kind.TIMESTAMPTZ,
                        Kind.UUID,
                        Kind.INT4,
                        Kind.BOOLEAN,
                        Kind.INT4,
                        Kind.INT4);
        assertThat(query.parameterSchema().getFields())
                .extracting(field -> field.getName())
                .startsWith("$1", "$2");
    }

    @Test
    void limitAndOffsetAreNotExchanged() {
        String three = literal(Kind.INT8, "3");
        String seventy = literal(Kind.INT8, "70");
        List<?> expected = Answer.of(SQL.engine(), "SELECT id FROM chunks ORDER BY id LIMIT 3 OFFSET 70")
                .rows();
        assertThat(expected).hasSize(3);
        assertThat(Answer.of(SQL.engine(), "SELECT id FROM chunks ORDER BY id LIMIT ? OFFSET ?", three, seventy)
                        .rows())
                .isEqualTo(expected);
        assertThat(Answer.of(SQL.engine(), "SELECT id FROM chunks ORDER BY id OFFSET ? LIMIT ?", seventy, three)
                        .rows())
                .isEqualTo(expected);
        assertThat(Answer.of(
                                SQL.engine(),
                                "SELECT id FROM chunks ORDER BY id OFFSET ? ROWS FETCH NEXT ? ROWS ONLY",
                                seventy,
                                three)
                        .rows())
                .isEqualTo(expected);
    }

    @Test
    void orderOfParametersIsThatOfTheText() {
        assertThat(Answer.of(
                                SQL.engine(),
                                "WITH a AS (SELECT CAST(? AS varchar) AS x) SELECT x, CAST(? AS varchar) FROM a"
                                        + " WHERE CAST(? AS varchar) = 'c' GROUP BY x HAVING count(*) = CAST(? AS integer)",
                                literal(Kind.TEXT, "a"),
                                literal(Kind.TEXT, "b"),
                                literal(Kind.TEXT, "c"),
                                literal(Kind.INT4, "1"))
                        .rows())
                .containsExactly(List.of("a", "b"));
    }

    private static @Nullable Object one(String type, String literal) {
        return Answer.of(SQL.engine(), "SELECT CAST(? AS " + type + ")", literal)
                .single();
    }

    private static String literal(Kind kind, String text) {
        try (VarCharVector vector = new VarCharVector("p", SQL.allocator())) {
            vector.setSafe(0, text.getBytes(StandardCharsets.UTF_8));
            return Literals.of(ColumnType.of(kind), vector, 0, 1);
        }
    }
}
