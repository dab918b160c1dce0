package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PGInterval;

/** Statements that mean the same here and in PostgreSQL itself give the same rows, in the same order. */
class DifferentialTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    static List<String> statements() {
        return List.of(
                // projections, literals, casts
                "SELECT 1, 'x', 1.5, true, NULL, 'it''s', date '2024-02-29', time '01:02:03.5', -7",
                "SELECT id, id + 1, -id, id % 7, id * 2, vmax - vmin FROM chunks ORDER BY id",
                "SELECT CAST(id AS varchar), CAST('12' AS integer), CAST(mean AS integer), CAST(level AS double precision)"
                        + " FROM chunks ORDER BY id",
                "SELECT id::text, '7'::int + 1, mean::numeric(10,2), level::bigint::text FROM chunks ORDER BY id",
                "SELECT id FROM chunks WHERE id = '1099511627776'::bigint OR checksum::text = '7'::text ORDER BY id",
                "SELECT -1::int, 2 + 3::bigint * 4, NOT 'f'::boolean, (1 = 1)::text, ('1' || '2')::int",
                "SELECT CASE WHEN mean > 110 THEN 'hi' WHEN mean IS NULL THEN 'none' ELSE 'lo' END::varchar, id"
                        + " FROM chunks ORDER BY id",
                "SELECT CASE level WHEN 0 THEN 'fine' WHEN 1 THEN 'coarse' END AS kind, count(*) FROM chunks"
                        + " GROUP BY 1 ORDER BY 1",
                "SELECT COALESCE(modality, kind, 'x'), NULLIF(dtype, 'uint8'), GREATEST(1, levels), LEAST(levels, 1)"
                        + " FROM datasets ORDER BY name",
                "SELECT Name AS MyName, upper(NAME) FROM Datasets ORDER BY mynamE",
                "SELECT d.Name, D.levels FROM datasets AS d ORDER BY D.NAME",
                // predicates
                "SELECT id FROM chunks WHERE mean BETWEEN 100 AND 110 AND level = 0 ORDER BY id",
                "SELECT id FROM chunks WHERE z IN (0, 128) AND y NOT IN (0) ORDER BY id",
                "SELECT id FROM chunks WHERE (z, y) = (0, 128) ORDER BY id",
                "SELECT name FROM datasets WHERE name LIKE 'e_' OR name LIKE '%bel%' ORDER BY name",
                "SELECT name FROM datasets WHERE name ILIKE 'EM' OR name NOT ILIKE '%A%' ORDER BY name",
                "SELECT name FROM datasets WHERE name SIMILAR TO '(em|bare)' ORDER BY name",
                "SELECT name LIKE 'a!_%' ESCAPE '!', 'a_b' LIKE 'a!_%' ESCAPE '!' FROM datasets ORDER BY name",
                "SELECT id FROM chunks WHERE entropy IS NULL AND mean IS NOT NULL ORDER BY id",
                "SELECT id, entropy IS DISTINCT FROM 0.1, (mean > 3) IS TRUE, (mean > 3) IS NOT TRUE FROM chunks ORDER BY id",
                "SELECT name FROM datasets WHERE id = '00000000-0000-4000-8000-000000000001'",
                "SELECT name FROM datasets WHERE created_at > '2024-03-10 12:34:58+00' ORDER BY name",
                "SELECT name FROM datasets WHERE 'bare' = ANY (tags) ORDER BY name",
                "SELECT id FROM chunks WHERE mean >= ALL (SELECT mean FROM chunks WHERE mean IS NOT NULL) ORDER BY id",
                "SELECT id FROM chunks WHERE NOT (level = 0 AND z = 0) OR x > 200 ORDER BY id",
                // joins and sub-queries
                "SELECT d.name, c.z, c.y, c.x FROM datasets d JOIN chunks c ON c.dataset_id = d.id WHERE c.level = 1"
                        + " ORDER BY d.name, c.id",
                "SELECT d.name, a.instrument FROM datasets d LEFT JOIN acquisitions a ON a.dataset_id = d.id"
                        + " ORDER BY d.name, a.id",
                "SELECT d.name, a.id FROM acquisitions a RIGHT JOIN datasets d ON a.dataset_id = d.id ORDER BY d.name, a.id",
                "SELECT a.id, d.name FROM acquisitions a FULL JOIN datasets d ON a.dataset_id = d.id AND d.name = 'em'"
                        + " ORDER BY a.id, d.name",
                "SELECT count(*) FROM datasets CROSS JOIN levels",
                "SELECT count(*) FROM chunks JOIN levels USING (dataset_id, level)",
                "SELECT name FROM datasets d WHERE EXISTS (SELECT 1 FROM acquisitions a WHERE a.dataset_id = d.id)"
                        + " ORDER BY name",
                "SELECT name FROM datasets d WHERE NOT EXISTS (SELECT 1 FROM acquisitions a WHERE a.dataset_id = d.id)",
                "SELECT name, (SELECT count(*) FROM chunks c WHERE c.dataset_id = d.id) AS n FROM datasets d ORDER BY n DESC",
                "SELECT name FROM datasets WHERE id IN (SELECT dataset_id FROM chunks WHERE level = 1)",
                "SELECT d.name, t.id FROM datasets d, LATERAL (SELECT id FROM chunks c WHERE c.dataset_id = d.id"
                        + " ORDER BY id LIMIT 2) t ORDER BY t.id",
                "SELECT d.name, t.tag FROM datasets d CROSS JOIN UNNEST(d.tags) AS t (tag) ORDER BY d.name, t.tag",
                "SELECT x.a, x.b FROM (VALUES (1, 'a'), (2, 'b'), (NULL, 'c')) AS x (a, b) ORDER BY x.b",
                // aggregates
                "SELECT count(*), count(entropy), min(mean), max(mean), sum(size_x), sum(byte_size) FROM chunks",
                "SELECT level, count(*) AS n, avg(mean) FROM chunks GROUP BY level HAVING count(*) > 10 ORDER BY n",
                "SELECT dataset, count(*) FILTER (WHERE mean > 110), sum(z) FILTER (WHERE level = 1) FROM chunks"
                        + " GROUP BY dataset ORDER BY dataset",
                "SELECT count(DISTINCT dataset), count(DISTINCT level), sum(DISTINCT level) FROM chunks",
                "SELECT stddev_pop(mean), stddev_samp(mean), var_pop(mean), variance(mean), corr(mean, stddev) FROM chunks",
                "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY mean), percentile_disc(0.9) WITHIN GROUP (ORDER BY id)"
                        + " FROM chunks",
                "SELECT bool_and(mean > 0), bool_or(mean > 120), every(level >= 0) FROM chunks",
                "SELECT string_agg(name, ', ' ORDER BY name), array_agg(levels ORDER BY name) FROM datasets",
                "SELECT dataset, level, count(*) FROM chunks GROUP BY GROUPING SETS ((dataset, level), (dataset), ())"
                        + " ORDER BY dataset NULLS FIRST, level NULLS FIRST",
                "SELECT dataset, level, GROUPING(dataset), count(*) FROM chunks GROUP BY ROLLUP (dataset, level)"
                        + " ORDER BY 1 NULLS LAST, 2 NULLS LAST, 3",
                "SELECT dataset, level, count(*) FROM chunks GROUP BY CUBE (dataset, level)"
                        + " ORDER BY 1 NULLS LAST, 2 NULLS LAST",
                "SELECT DISTINCT level, dataset FROM chunks ORDER BY dataset, level",
                "SELECT z / 128.0 AS layer, max(mean) FROM chunks GROUP BY z / 128.0 ORDER BY 1",
                // windows
                "SELECT id, row_number() OVER (PARTITION BY level ORDER BY mean, id) FROM chunks WHERE mean IS NOT NULL"
                        + " ORDER BY id",
                "SELECT id, rank() OVER w, dense_rank() OVER w, ntile(4) OVER w FROM chunks"
                        + " WINDOW w AS (PARTITION BY dataset ORDER BY z) ORDER BY id",
                "SELECT id, lag(id) OVER (ORDER BY id), lead(id, 2) OVER (ORDER BY id), first_value(id) OVER (ORDER BY id)"
                        + " FROM chunks ORDER BY id",
                "SELECT id, sum(size_x) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW),"
                        + " avg(mean) OVER (PARTITION BY level) FROM chunks ORDER BY id",
                "SELECT id, count(*) OVER (ORDER BY id RANGE BETWEEN 3 PRECEDING AND 3 FOLLOWING) FROM chunks ORDER BY id",
                "SELECT dataset, sum(count(*)) OVER (ORDER BY dataset) FROM chunks GROUP BY dataset ORDER BY dataset",
                // common table expressions and set operations
                "WITH fine AS (SELECT * FROM chunks WHERE level = 0), best AS (SELECT dataset, max(mean) AS m FROM fine"
                        + " GROUP BY dataset) SELECT f.id FROM fine f JOIN best b ON f.dataset = b.dataset AND f.mean = b.m"
                        + " ORDER BY f.id",
                "WITH chunks AS (SELECT 1 AS a) SELECT * FROM chunks",
                "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT sum(n) FROM t",
                "SELECT level FROM chunks UNION SELECT levels FROM datasets ORDER BY 1",
                "SELECT name FROM datasets UNION ALL SELECT dataset FROM levels ORDER BY name",
                "SELECT name FROM datasets EXCEPT SELECT dataset FROM acquisitions ORDER BY name",
                "SELECT name FROM datasets INTERSECT SELECT dataset FROM acquisitions ORDER BY name",
                "SELECT 1 AS a UNION SELECT 2 INTERSECT SELECT 2 ORDER BY a",
                "(SELECT id FROM chunks ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM chunks ORDER BY id DESC LIMIT 2)",
                // order and limits
                "SELECT id FROM chunks ORDER BY mean ASC NULLS FIRST, id LIMIT 3",
                "SELECT id FROM chunks ORDER BY mean DESC NULLS LAST, id LIMIT 3 OFFSET 2",
                "SELECT id, entropy FROM chunks ORDER BY entropy, id",
                "SELECT id FROM chunks ORDER BY id OFFSET 70 ROWS FETCH NEXT 5 ROWS ONLY",
                "SELECT id AS x, x AS id FROM chunks WHERE level = 1 ORDER BY id, x",
                "SELECT -z AS z FROM chunks WHERE level = 0 ORDER BY z, 1",
                // text, numbers
                "SELECT lower(name), length(name), char_length(name), substring(name FROM 2 FOR 1), substring(name, 2),"
                        + " position('e' IN name), trim(BOTH 'e' FROM name), replace(name, 'e', 'E'), name || '-' || kind"
                        + " FROM datasets ORDER BY name",
                "SELECT left(name, 2), right(name, 2), lpad(name, 8, '.'), rpad(name, 8, '.'), reverse(name),"
                        + " repeat(name, 2), split_part(location, ':', 1), strpos(name, 'b'), starts_with(name, 'e'),"
                        + " initcap(name), md5(name), overlay(name PLACING 'X' FROM 1 FOR 1), ascii(name)"
                        + " FROM (SELECT name, 'a:b' AS location FROM datasets) d ORDER BY name",
                "SELECT regexp_replace(name, '[aeiou]', '*'), name ~ '^e' FROM datasets ORDER BY name"
                        .replace("name ~ '^e'", "regexp_like(name, '^e')"),
                "SELECT abs(-mean), ceil(mean), floor(mean), sqrt(mean), power(level, 2), exp(level), ln(mean + 1),"
                        + " sign(mean), mod(z, 100), round(1.255, 2), pi(), log10(mean + 1), trunc(1.7)"
                        + " FROM chunks ORDER BY id",
                "SELECT sin(mean), cos(mean), atan2(mean, 2), degrees(mean), radians(mean), cbrt(mean) FROM chunks ORDER BY id",
                // dates and times
                "SELECT extract(year FROM created_at), extract(doy FROM created_at), extract(hour FROM started_at)"
                        + " FROM datasets, (SELECT started_at FROM acquisitions WHERE instrument = 'Zeiss') a"
                        + " ORDER BY name, started_at",
                "SELECT date_trunc('day', created_at), date_trunc('month', created_at), created_at + interval '1' day,"
                        + " created_at - interval '90' minute, CAST(created_at AS date) FROM datasets ORDER BY name",
                "SELECT id FROM acquisitions WHERE duration > interval '2' hour ORDER BY id",
                "SELECT id, started_at, duration, attrs FROM acquisitions ORDER BY id",
                "SELECT timestamp '2024-01-01 00:00:00.123456', created_at = timestamp '2024-03-10 12:34:58.789012'"
                        + " FROM datasets ORDER BY name",
                // lists and JSON
                "SELECT shape[1], voxel_size[3], tags[1], tags[9], cardinality(shape) FROM datasets ORDER BY name",
                "SELECT ARRAY[1, 2, 3], ARRAY['a', NULL], bbox FROM chunks ORDER BY id",
                "SELECT array_to_string(tags, '|'), shape FROM datasets ORDER BY name",
                "SELECT jsonb_extract_path_text(attrs, 'n')::int, jsonb_extract_path(attrs, 'labels', '17'),"
                        + " jsonb_typeof(attrs) FROM chunks ORDER BY id",
                "SELECT * FROM datasets ORDER BY name",
                "SELECT * FROM levels ORDER BY dataset, level",
                "SELECT c.id, c.attrs, c.size_x_nm, c.created_at, d.* FROM chunks c JOIN datasets d ON d.id = c.dataset_id ORDER BY c.id LIMIT 100");
    }

    @ParameterizedTest
    @MethodSource("statements")
    void isAnsweredAsByPostgres(String statement) throws SQLException {
        List<List<String>> expected = natively(statement);
        assertThat(expected).as("a statement without rows compares nothing").isNotEmpty();

        Answer answer = Answer.of(SQL.engine(), statement);

        assertThat(answer.rows().stream()
                        .map(row -> row.stream().map(DifferentialTest::text).toList())
                        .toList())
                .isEqualTo(expected);
    }

    private static List<List<String>> natively(String statement) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = SampleCatalog.database().readOnly().getConnection();
                Statement native_ = connection.createStatement();
                ResultSet result = native_.executeQuery(statement)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    String type = result.getMetaData().getColumnTypeName(i);
                    Object value =
                            switch (type) {
                                case "timestamptz" -> result.getObject(i, java.time.OffsetDateTime.class);
                                case "timestamp" -> result.getObject(i, LocalDateTime.class);
                                case "time" -> result.getObject(i, java.time.LocalTime.class);
                                case "jsonb", "uuid" -> result.getString(i);
                                default -> result.getObject(i);
                            };
                    row.add(nativeText(value));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static String nativeText(@org.jspecify.annotations.Nullable Object value) throws SQLException {
        if (value instanceof java.time.OffsetDateTime time) {
            return Long.toString(ChronoUnit.MICROS.between(java.time.Instant.EPOCH, time.toInstant()));
        }
        if (value instanceof LocalDateTime time) {
            return text(time);
        }
        if (value instanceof java.time.LocalTime time) {
            return Long.toString(time.toNanoOfDay() / 1000);
        }
        if (value instanceof Date date) {
            return Long.toString(date.toLocalDate().toEpochDay());
        }
        if (value instanceof Timestamp time) {
            throw new IllegalStateException("not precise: " + time);
        }
        if (value instanceof PGInterval interval) {
            return text(Duration.ofDays(interval.getDays())
                    .plusHours(interval.getHours())
                    .plusMinutes(interval.getMinutes())
                    .plusNanos(Math.round(interval.getSeconds() * 1e9)));
        }
        if (value instanceof Array array) {
            List<String> items = new ArrayList<>();
            for (Object item : (Object[]) array.getArray()) {
                items.add(text(item));
            }
            return items.toString();
        }
        return text(value);
    }

    /** The same text for the same value, whatever class it comes in. */
    private static String text(@org.jspecify.annotations.Nullable Object value) {
        if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
            double number = ((Number) value).doubleValue();
            return Double.isNaN(number) || Double.isInfinite(number)
                    ? Double.toString(number)
                    : new BigDecimal(number)
                            .round(new java.math.MathContext(12))
                            .stripTrailingZeros()
                            .toPlainString();
        }
        if (value instanceof Number number) {
            return new BigDecimal(number.toString())
                    .round(new java.math.MathContext(number instanceof Long ? 19 : 12))
                    .stripTrailingZeros()
                    .toPlainString();
        }
        if (value instanceof LocalDateTime time) {
            return Long.toString(ChronoUnit.MICROS.between(LocalDate.EPOCH.atStartOfDay(), time));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(DifferentialTest::text).toList().toString();
        }
        return String.valueOf(value);
    }
}
