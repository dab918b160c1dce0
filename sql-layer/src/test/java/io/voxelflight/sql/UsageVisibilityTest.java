package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.catalog.api.BlockAccess;
import io.voxelflight.catalog.api.UsageRow;
import io.voxelflight.catalog.postgres.PostgresUsageLog;
import io.voxelflight.model.Point;
import io.voxelflight.sql.translate.Visibility;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers did is theirs to see: nowhere in a statement do rows of others count, unless the caller is an admin. */
@Timeout(120)
class UsageVisibilityTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    /** As the subject of a token may be: whatever it is, it stays a text. */
    private static final String STRANGE = "jwt:o'r \\ \"x\"? $1 \u00e9\ud83d\ude00 '; --";

    private static final Visibility OWN = new Visibility(null, "key:a");
    private static final Visibility OWN_OF_LABELS = new Visibility(Set.of(SampleCatalog.LABELS), "key:a");
    private static final Visibility ADMIN_OF_LABELS = new Visibility(Set.of(SampleCatalog.LABELS), null);

    @BeforeAll
    static void use() {
        PostgresUsageLog log = new PostgresUsageLog(SampleCatalog.database().owner());
        Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS);
        log.add(
                UUID.randomUUID(),
                1,
                List.of(
                        row(hour, "key:a", SampleCatalog.EM, "em", 1),
                        row(hour, "key:a", SampleCatalog.LABELS, "labels", 10),
                        row(hour, "key:a", null, null, 100),
                        row(hour, "key:b", SampleCatalog.EM, "em", 1000),
                        row(hour, "key:b", SampleCatalog.LABELS, "labels", 10_000),
                        row(hour, STRANGE, null, null, 100_000)));
        log.append(List.of(
                access("key:a", SampleCatalog.EM, "em"),
                access("key:a", SampleCatalog.LABELS, "labels"),
                access("key:b", SampleCatalog.LABELS, "labels")));
    }

    private static UsageRow row(
            Instant hour, String caller, @Nullable UUID dataset, @Nullable String name, long requests) {
        return new UsageRow(hour, caller, "name of " + caller, dataset, name, "flight", requests, 0, 0, 0, 0, 0);
    }

    private static BlockAccess access(String caller, UUID dataset, String name) {
        return new BlockAccess(
                Instant.now(),
                "0123456789abcdef",
                caller,
                caller,
                dataset,
                name,
                "flight",
                0,
                new Point(0, 0, 1, 2, 3));
    }

    /** Each counts the requests of the rows that are seen. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT sum(requests) FROM usage",
                "SELECT sum(requests) FROM main.usage",
                "SELECT sum(requests) FROM voxelflight.main.\"usage\"",
                "FROM usage SELECT sum(requests)",
                "SELECT sum(u.requests) FROM usage u LEFT JOIN usage v ON u.caller_id = v.caller_id"
                        + " AND u.dataset_id IS NOT DISTINCT FROM v.dataset_id",
                "SELECT (SELECT sum(requests) FROM usage)",
                "WITH usage2 AS (SELECT * FROM usage) SELECT sum(requests) FROM usage2",
                "WITH usage AS (SELECT * FROM main.usage) SELECT sum(requests) FROM usage",
                "SELECT sum(n) FROM (SELECT caller, sum(requests) AS n FROM usage GROUP BY caller) AS x",
                "SELECT sum(requests) OVER () FROM usage LIMIT 1",
                "SELECT sum(requests) FROM (SELECT * FROM usage UNION SELECT * FROM usage) AS x",
                "SELECT max(n) FROM (SELECT sum(requests) OVER () AS n FROM usage) AS x",
                "SELECT sum(requests) FROM usage WHERE caller_id IN (SELECT caller_id FROM usage)",
                "SELECT sum(requests) FROM usage WHERE true OR caller_id = 'key:b'"
            })
    void onlyOwnRowsCount(String statement) {
        assertThat(number(statement, OWN)).as("own").isEqualTo(111);
        assertThat(number(statement, OWN_OF_LABELS)).as("own, of labels").isEqualTo(110);
        assertThat(number(statement, ADMIN_OF_LABELS)).as("all, of labels").isEqualTo(110_110);
        assertThat(number(statement, new Visibility(null, STRANGE)))
                .as("strange")
                .isEqualTo(100_000);
        assertThat(number(statement, Visibility.ALL)).as("all").isEqualTo(111_111);
    }

    private static long number(String statement, Visibility visibility) {
        return Long.parseLong(
                String.valueOf(Answer.of(SQL.engine(), statement, visibility).single()));
    }

    @Test
    void theLogOfBlocksIsSeenLikewise() {
        String statement = "SELECT count(*) FROM block_access WHERE z = 1 AND y = 2 AND x = 3";
        assertThat(number(statement, Visibility.ALL)).isEqualTo(3);
        assertThat(number(statement, OWN)).isEqualTo(2);
        assertThat(number(statement, OWN_OF_LABELS)).isEqualTo(1);
        assertThat(number(statement, ADMIN_OF_LABELS)).isEqualTo(2);
        assertThat(number(statement, new Visibility(null, "nobody"))).isZero();
    }

    @Test
    void otherTablesAreSeenAsBefore() {
        assertThat(number("SELECT count(*) FROM datasets", OWN)).isEqualTo(3);
        assertThat(number("SELECT count(*) FROM datasets", OWN_OF_LABELS)).isEqualTo(1);
    }

    @Test
    void explanationsDoNotTellOfOthersRows() {
        String statement = "EXPLAIN ANALYZE SELECT * FROM usage";
        assertThat(Answer.of(SQL.engine(), statement, OWN).rows().toString())
                .doesNotContain(" rows=")
                .doesNotContain("cost=")
                .doesNotContain("Removed");
        assertThat(Answer.of(SQL.engine(), statement).rows().toString()).contains("rows=");
        String harmless = "EXPLAIN ANALYZE SELECT * FROM datasets";
        assertThat(Answer.of(SQL.engine(), harmless, OWN).rows().toString()).contains("rows=");
    }

    @Test
    void everyColumnSaysWhatItIs() {
        assertThat(Answer.of(
                                SQL.engine(),
                                "SELECT count(*) FROM duckdb_columns() WHERE table_name IN ('usage', 'block_access')"
                                        + " AND comment IS NULL")
                        .single())
                .isEqualTo(0L);
        assertThat(Answer.of(SQL.engine(), "SELECT hour_start, caller FROM usage")
                        .rows())
                .hasSize(6);
    }
}
