package io.voxelflight.catalog.postgres;

import io.voxelflight.catalog.api.BlockAccess;
import io.voxelflight.catalog.api.UsageLog;
import io.voxelflight.catalog.api.UsageRow;
import io.voxelflight.catalog.api.UsageSum;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;

/** Keeps usage in PostgreSQL: sums by upsert, accesses in a partition a day. */
public final class PostgresUsageLog implements UsageLog {
    private static final String PARTITION_PREFIX = "block_access_";
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

    /** Partitions are made and dropped by one server at a time. */
    private static final long LOCK = 0x766f7875736cL;

    /** To make or drop a partition waits for those who read the table, and who comes meanwhile waits for it: not for long. */
    private static final int LOCK_PATIENCE_MILLIS = 500;

    private static final String SEEN = "INSERT INTO usage_writer AS w (id, batch, written_at) VALUES (?, ?, now())"
            + " ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, written_at = excluded.written_at"
            + " WHERE w.batch < excluded.batch";

    private static final String ADD =
            "INSERT INTO usage_hour AS u (hour_start, caller_id, caller, dataset_id, dataset, door,"
                    + " requests, blocks, bytes, chunks, cache_hits, sql_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (hour_start, caller_id, caller, dataset_id, dataset, door) DO UPDATE SET"
                    + " requests = u.requests + excluded.requests, blocks = u.blocks + excluded.blocks,"
                    + " bytes = u.bytes + excluded.bytes, chunks = u.chunks + excluded.chunks,"
                    + " cache_hits = u.cache_hits + excluded.cache_hits, sql_ms = u.sql_ms + excluded.sql_ms";

    private static final String APPEND =
            "INSERT INTO block_access (accessed_at, request_id, caller_id, caller, dataset_id,"
                    + " dataset, door, level, t, c, z, y, x) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final DataSource database;
    private final Set<LocalDate> known = new HashSet<>();

    public PostgresUsageLog(DataSource database) {
        this.database = database;
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void transaction(String what, Work work) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                work.on(connection);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw Failures.of(what, e);
        }
    }

    @Override
    public void add(UUID writer, long batch, List<UsageRow> rows) {
        transaction("writing usage", connection -> {
            try (PreparedStatement seen = connection.prepareStatement(SEEN)) {
                seen.setObject(1, writer);
                seen.setLong(2, batch);
                if (seen.executeUpdate() == 0) {
                    return; // it was added, only the answer got lost
                }
            }
            try (Statement old = connection.createStatement()) {
                old.executeUpdate("DELETE FROM usage_writer WHERE written_at < now() - interval '7 days'");
            }
            try (PreparedStatement add = connection.prepareStatement(ADD)) {
                // always in one order: two servers that add the same rows must not wait for each other
                for (UsageRow row :
                        rows.stream().sorted(PostgresUsageLog::order).toList()) {
                    add.setObject(1, row.hour().atOffset(ZoneOffset.UTC));
                    add.setString(2, text(row.callerId()));
                    add.setString(3, text(row.caller()));
                    add.setObject(4, row.datasetId(), Types.OTHER);
                    add.setString(5, row.dataset());
                    add.setString(6, row.door());
                    add.setLong(7, row.requests());
                    add.setLong(8, row.blocks());
                    add.setLong(9, row.bytes());
                    add.setLong(10, row.chunks());
                    add.setLong(11, row.cacheHits());
                    add.setLong(12, row.sqlMillis());
                    add.addBatch();
                }
                add.executeBatch();
            }
        });
    }

    /** PostgreSQL has no character 0, the subject of a token may. */
    private static String text(String name) {
        return name.replace('\0', '?');
    }

    private static int order(UsageRow a, UsageRow b) {
        return sortKey(a).compareTo(sortKey(b));
    }

    private static String sortKey(UsageRow row) {
        return row.hour() + "\0" + row.callerId() + "\0" + row.caller() + "\0" + row.datasetId() + "\0" + row.door();
    }

    @Override
    public void append(List<BlockAccess> accesses) {
        Set<LocalDate> days = new TreeSet<>();
        accesses.forEach(access -> days.add(LocalDate.ofInstant(access.at(), ZoneOffset.UTC)));
        days.forEach(this::makeRoom);
        transaction("writing the block access log", connection -> {
            try (PreparedStatement insert = connection.prepareStatement(APPEND)) {
                for (BlockAccess access : accesses) {
                    insert.setObject(1, access.at().atOffset(ZoneOffset.UTC));
                    insert.setString(2, access.requestId());
                    insert.setString(3, text(access.callerId()));
                    insert.setString(4, text(access.caller()));
                    insert.setObject(5, access.datasetId());
                    insert.setString(6, access.dataset());
                    insert.setString(7, access.door());
                    insert.setInt(8, access.level());
                    insert.setLong(9, access.origin().t());
                    insert.setLong(10, access.origin().c());
                    insert.setLong(11, access.origin().z());
                    insert.setLong(12, access.origin().y());
                    insert.setLong(13, access.origin().x());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        });
    }

    /** Makes a day's partition, unless it is there. */
    private void makeRoom(LocalDate day) {
        if (known.contains(day)) {
            return;
        }
        transaction("making room for the block access log of " + day, connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = '" + LOCK_PATIENCE_MILLIS + "ms'");
                statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
                statement.execute("CREATE TABLE IF NOT EXISTS " + PARTITION_PREFIX + DAY.format(day)
                        + " PARTITION OF block_access FOR VALUES FROM ('" + day + "') TO ('" + day.plusDays(1) + "')");
            }
        });
        known.add(day);
    }

    @Override
    public void prepareDays(LocalDate today, int keepDays) {
        makeRoom(today);
        makeRoom(today.plusDays(1));
        LocalDate first = today.minusDays(keepDays - 1L);
        known.removeIf(day -> day.isBefore(first));
        transaction("dropping old days of the block access log", connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = '" + LOCK_PATIENCE_MILLIS + "ms'");
                statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
                for (String partition : before(statement, PARTITION_PREFIX + DAY.format(first))) {
                    statement.execute("DROP TABLE IF EXISTS " + partition);
                }
            }
        });
    }

    private static List<String> before(Statement statement, String first) throws SQLException {
        List<String> partitions = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid"
                + " WHERE inhparent = 'block_access'::regclass AND relname < '" + first + "'")) {
            while (rows.next()) {
                partitions.add(rows.getString(1));
            }
        }
        return partitions;
    }

    @Override
    public List<UsageSum> sums(By by, Instant since) {
        String what =
                switch (by) {
                    case KEY -> "caller";
                    case DATASET -> "coalesce(dataset, '')";
                    case DOOR -> "door";
                    case DAY -> "to_char(hour_start AT TIME ZONE 'UTC', 'YYYY-MM-DD')";
                };
        String query = "SELECT " + what + " AS what, sum(requests)::bigint AS requests, sum(blocks)::bigint,"
                + " sum(bytes)::bigint, sum(chunks)::bigint, sum(cache_hits)::bigint, sum(sql_ms)::bigint FROM usage_hour WHERE hour_start >= ? GROUP BY what ORDER BY "
                + (by == By.DAY ? "what" : "requests DESC, what");
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setObject(1, since.atOffset(ZoneOffset.UTC));
            List<UsageSum> sums = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    sums.add(new UsageSum(
                            row.getString(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(6),
                            row.getLong(7)));
                }
            }
            return sums;
        } catch (SQLException e) {
            throw Failures.of("reading usage", e);
        }
    }
}
