package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.sql.translate.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every column of the four tables: its type and its values. */
class ColumnsTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    @Test
    void datasets() {
        Answer answer = Answer.of(
                SQL.engine(),
                "SELECT id, name, kind, dtype, axes, shape, voxel_size, modality, tags, levels, chunks, byte_size,"
                        + " created_at, attrs FROM datasets ORDER BY name");
        assertThat(types(answer))
                .containsExactly(
                        "Utf8",
                        "Utf8",
                        "Utf8",
                        "Utf8",
                        "Utf8",
                        "List<Int(64, true)>",
                        "List<FloatingPoint(DOUBLE)>",
                        "Utf8",
                        "List<Utf8>",
                        "Int(32, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Timestamp(MICROSECOND, UTC)",
                        "Utf8");
        assertThat(answer.rows().get(1).toString())
                .isEqualTo("[00000000-0000-4000-8000-000000000001, em, image, uint8, zyx, [500,400,300], [8.5,4.0,4.0],"
                        + " FIB-SEM, [\"brain\",\"it's\",\"a \\\"tag\\\"\",\"\"], 2, 72, 1500000000000, "
                        + micros("2024-03-10T12:34:58.789012Z")
                        + ", {\"cost\": 12.5, \"species\": \"D. melanogaster\"}]");
        assertThat(answer.rows().get(0).toString())
                .isEqualTo("[00000000-0000-4000-8000-000000000003, bare, image, uint8, zyx, [500,400,300], null, null,"
                        + " [\"bare\"], 1, 1, 1000000000000, " + micros("2024-03-10T12:34:57.789012Z") + ", {}]");
    }

    @Test
    void acquisitions() {
        Answer answer = Answer.of(
                SQL.engine(),
                "SELECT id, dataset_id, dataset, instrument, started_at, duration, attrs FROM acquisitions ORDER BY id");
        assertThat(types(answer))
                .containsExactly(
                        "Utf8", "Utf8", "Utf8", "Utf8", "Timestamp(MICROSECOND, UTC)", "Duration(MICROSECOND)", "Utf8");
        assertThat(answer.rows())
                .startsWith(
                        Arrays.asList(
                                "00000000-0000-4000-8000-0000000000a1",
                                SampleCatalog.EM.toString(),
                                "em",
                                "Zeiss",
                                micros("2020-02-29T23:59:59.123456Z"),
                                Duration.ofHours(30).plusMillis(250),
                                "{\"dwell\": 3}"),
                        Arrays.asList(
                                "00000000-0000-4000-8000-0000000000a2",
                                SampleCatalog.EM.toString(),
                                "em",
                                null,
                                null,
                                null,
                                "{}"));
    }

    @Test
    void levels() {
        Answer answer = Answer.of(
                SQL.engine(),
                "SELECT dataset_id, dataset, level, shape, chunk_shape, shard_shape, voxel_size, chunks, byte_size, path"
                        + " FROM levels WHERE dataset = 'em' AND level = 1");
        assertThat(types(answer))
                .containsExactly(
                        "Utf8",
                        "Utf8",
                        "Int(32, true)",
                        "List<Int(64, true)>",
                        "List<Int(32, true)>",
                        "List<Int(32, true)>",
                        "List<FloatingPoint(DOUBLE)>",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Utf8");
        assertThat(answer.rows().toString())
                .isEqualTo("[[00000000-0000-4000-8000-000000000001, em, 1, [250,200,150], [128,128,128], [512,512,512],"
                        + " [8.5,4.0,4.0], 8, 500000000000, 1]]");
    }

    @Test
    void chunks() {
        Answer answer = Answer.of(
                SQL.engine(),
                "SELECT dataset_id, dataset, level, t, c, z, y, x, size_z, size_y, size_x, vmin, vmax, mean, stddev,"
                        + " nonzero_fraction, entropy, byte_size, checksum, bbox, attrs, created_at, id"
                        + " FROM chunks WHERE level = 0 ORDER BY id");
        assertThat(types(answer))
                .containsExactly(
                        "Utf8",
                        "Utf8",
                        "Int(32, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Int(32, true)",
                        "Int(32, true)",
                        "Int(32, true)",
                        "FloatingPoint(DOUBLE)",
                        "FloatingPoint(DOUBLE)",
                        "FloatingPoint(DOUBLE)",
                        "FloatingPoint(DOUBLE)",
                        "FloatingPoint(DOUBLE)",
                        "FloatingPoint(DOUBLE)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "List<Int(32, true)>",
                        "Utf8",
                        "Timestamp(MICROSECOND, UTC)",
                        "Int(64, true)");
        long created = micros("2024-03-10T12:34:58.789012Z");
        assertThat(answer.rows().get(7).subList(0, 22).toString())
                .isEqualTo("[00000000-0000-4000-8000-000000000001, em, 0, 0, 0, 0, 128, 384, 128, 128, 44, 0.0, 248.0, "
                        + (100 + 7 / 3.0) + ", " + Math.sqrt(7) + ", " + (1 - 7 / 100.0)
                        + ", 0.7, 2000000007, 4294967288,"
                        + " [0,128,384,10,148,414], {\"n\": 7, \"tag\": \"t2\"}, " + created + "]");
        assertThat(answer.rows().get(6).get(16)).as("entropy").isNull();
        assertThat(answer.rows().get(5).get(19)).as("bbox of an empty chunk").isNull();
        assertThat(answer.rows().get(answer.rows().size() - 1).subList(11, 20))
                .containsExactly(null, null, null, null, 1.0, null, 0L, 0L, null);
        assertThat(answer.rows().stream().map(row -> row.get(22)).collect(Collectors.toSet()))
                .as("ids differ")
                .hasSameSizeAs(answer.rows());
    }

    @Test
    void labels() {
        Answer answer = Answer.of(
                SQL.engine(),
                "SELECT chunk_id, dataset_id, dataset, level, t, c, z, y, x, label, voxels FROM labels ORDER BY chunk_id, label");
        assertThat(types(answer))
                .containsExactly(
                        "Int(64, true)",
                        "Utf8",
                        "Utf8",
                        "Int(32, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Int(64, true)",
                        "Decimal(20, 0, 128)",
                        "Int(64, true)");
        assertThat(answer.rows()).isNotEmpty();
        assertThat(Answer.of(
                                SQL.engine(),
                                "SELECT count(*) FROM chunks c JOIN labels l ON l.chunk_id = c.id AND l.dataset = c.dataset"
                                        + " WHERE (c.attrs -> 'labels' ->> '17')::bigint = l.voxels AND l.label = 17")
                        .single())
                .as("each is what the chunk says")
                .isEqualTo((long) answer.rows().size());
    }

    @Test
    void aStarIsAllColumnsWithTheNamesOfTheTable() {
        for (var table : SQL.engine().catalogue().tables()) {
            assertThat(Answer.of(SQL.engine(), "SELECT * FROM " + table.name())
                            .schema()
                            .getFields())
                    .extracting(Field::getName)
                    .isEqualTo(table.columns().stream()
                            .map(column -> column.name())
                            .toList());
            assertThat(table.comment()).isNotEmpty();
            assertThat(table.columns()).allSatisfy(column -> assertThat(column.comment())
                    .as(table.name() + "." + column.name())
                    .isNotEmpty());
        }
        assertThat(SQL.engine().catalogue().tables())
                .extracting(table -> table.name())
                .contains("datasets", "acquisitions", "levels", "chunks");
    }

    @Test
    void namesOfExpressionsAreWhatWasWritten() {
        assertThat(Answer.of(
                                SQL.engine(),
                                "SELECT count(*), Avg( mean ) , level::text, 1 AS One FROM chunks GROUP BY level")
                        .schema()
                        .getFields())
                .extracting(Field::getName)
                .containsExactly("count(*)", "Avg( mean )", "level::text", "One");
    }

    @Test
    void numbersFollowDuckDb() {
        assertThat(Answer.of(
                                SQL.engine(),
                                "SELECT 7 / 2, 1 / 4.0, avg(level), sum(byte_size), CAST(1.23456 AS decimal), round(2.5::double),"
                                        + " round(-0.5::double), round(2.675::double, 2), 'a_b' LIKE 'a\\_b', 1e3 FROM chunks")
                        .rows()
                        .toString())
                .isEqualTo("[[3.5, 0.25, 0.09876543209876543, 143999998476, 1.235, 3.0, -1.0, 2.68, false, 1000.0]]"
                        .replace("143999998476", sumOfBytes()));
        assertThat(Answer.of(SQL.engine(), "SELECT entropy FROM chunks ORDER BY entropy DESC LIMIT 1")
                        .single())
                .as("NULLs come last")
                .isEqualTo(6.2);
    }

    @Test
    void datasetsThatTheCallerMayNotSeeDoNotExist() {
        Visibility labels = new Visibility(Set.of(SampleCatalog.LABELS));
        for (var table : SQL.engine().catalogue().tables()) {
            if (table.name().equals("usage") || table.name().equals("block_access")) {
                continue; // about callers too: UsageVisibilityTest
            }
            String column = table.name().equals("datasets") ? "name" : "dataset";
            assertThat(Answer.of(SQL.engine(), "SELECT DISTINCT " + column + " FROM " + table.name(), labels)
                            .rows())
                    .as(table.name())
                    .containsExactly(List.of("labels"));
        }
        assertThat(Answer.of(
                                SQL.engine(),
                                "WITH x AS (SELECT * FROM main.chunks) SELECT count(*), (SELECT count(*) FROM datasets),"
                                        + " (SELECT max(c.id) IS NULL FROM x c JOIN datasets d ON d.id = c.dataset_id AND d.name = 'em')"
                                        + " FROM x",
                                labels)
                        .rows())
                .containsExactly(List.of(8L, 1L, true));
        assertThat(Answer.of(SQL.engine(), "SELECT count(*) FROM datasets", new Visibility(Set.of()))
                        .single())
                .isEqualTo(0L);
        assertThat(Answer.of(SQL.engine(), "SELECT count(*) FROM datasets WHERE name IN ('em', 'labels', 'bare')")
                        .single())
                .isEqualTo(3L);
    }

    private static String sumOfBytes() {
        return Answer.of(SQL.engine(), "SELECT CAST(sum(byte_size) AS varchar) FROM chunks")
                        .single()
                + "";
    }

    private static List<String> types(Answer answer) {
        return answer.schema().getFields().stream()
                .map(field -> field.getChildren().isEmpty()
                        ? field.getType().toString()
                        : "List<" + field.getChildren().get(0).getType() + ">")
                .toList();
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }
}
