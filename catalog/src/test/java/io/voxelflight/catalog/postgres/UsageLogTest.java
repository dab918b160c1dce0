package io.voxelflight.catalog.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.catalog.api.BlockAccess;
import io.voxelflight.catalog.api.UsageLog;
import io.voxelflight.catalog.api.UsageRow;
import io.voxelflight.catalog.api.UsageSum;
import io.voxelflight.model.Point;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Usage and accesses in a real database: each batch counts once, and days come and go as whole partitions. */
@Timeout(120)
class UsageLogTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final UUID EM = UUID.fromString("00000000-0000-4000-8000-000000000001");

    @TempDir
    private Path folder;

    @Test
    void sumsAndDays() throws SQLException {
        try (Database database = Database.open(DatabaseSettings.of(folder.resolve("home"), Map.of(), true))) {
            PostgresUsageLog log = new PostgresUsageLog(database.owner());
            PostgresUsageLog other = new PostgresUsageLog(database.owner());
            aBatchCountsOnce(log, other);
            daysComeAndGo(database, log, other);
        }
    }

    private void aBatchCountsOnce(PostgresUsageLog log, PostgresUsageLog other) {
        UUID writer = UUID.randomUUID();
        List<UsageRow> rows = List.of(row("key:a", "a", EM, "em", 3), row("key:a", "a", null, null, 4));
        log.add(writer, 1, rows);
        log.add(writer, 1, rows); // the answer to the first got lost
        other.add(UUID.randomUUID(), 1, List.of(row("key:a", "a", null, null, 10), row("key:b", "nul\0", EM, "em", 1)));
        assertThat(log.sums(UsageLog.By.KEY, NOON))
                .containsExactly(new UsageSum("a", 17, 34, 51, 85, 17, 68), new UsageSum("nul?", 1, 2, 3, 5, 1, 4));
        log.add(writer, 2, rows);
        assertThat(log.sums(UsageLog.By.DATASET, NOON))
                .containsExactly(new UsageSum("", 18, 36, 54, 90, 18, 72), new UsageSum("em", 7, 14, 21, 35, 7, 28));
        assertThat(log.sums(UsageLog.By.DAY, NOON))
                .containsExactly(new UsageSum("2026-03-01", 25, 50, 75, 125, 25, 100));
        assertThat(log.sums(UsageLog.By.DOOR, NOON.plusSeconds(1))).isEmpty();
    }

    private void daysComeAndGo(Database database, PostgresUsageLog log, PostgresUsageLog other) throws SQLException {
        LocalDate day = LocalDate.of(2026, 3, 1);
        log.prepareDays(day, 2);
        other.prepareDays(day, 2); // another server does it too
        assertThat(partitions(database)).containsExactly("block_access_20260301", "block_access_20260302");
        log.append(List.of(access(NOON), access(NOON.plusSeconds(86_400 * 5)))); // a server that was cut off for days
        log.prepareDays(day.plusDays(2), 2);
        assertThat(partitions(database))
                .containsExactly(
                        "block_access_20260302",
                        "block_access_20260303",
                        "block_access_20260304",
                        "block_access_20260306");
        assertThat(count(database)).isEqualTo(1);
        other.append(List.of(access(NOON.plusSeconds(86_400 * 5))));
        assertThat(count(database)).isEqualTo(2);
    }

    private static UsageRow row(
            String callerId, String caller, @Nullable UUID dataset, @Nullable String name, long requests) {
        return new UsageRow(
                NOON,
                callerId,
                caller,
                dataset,
                name,
                "flight",
                requests,
                2 * requests,
                3 * requests,
                5 * requests,
                requests,
                4 * requests);
    }

    private static BlockAccess access(Instant at) {
        return new BlockAccess(at, "r", "key:a", "a", EM, "em", "flight", 1, new Point(0, 1, 2, 3, 4));
    }

    private static List<String> partitions(Database database) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid"
                                + " WHERE inhparent = 'block_access'::regclass ORDER BY relname")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static long count(Database database) throws SQLException {
        try (Connection connection = database.readOnly().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM block_access WHERE c = 1 AND x = 4")) {
            row.next();
            return row.getLong(1);
        }
    }
}
