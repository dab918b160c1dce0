package io.voxelflight.catalog.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chunk partitions whose dataset was removed. Their rows are in no view any more, as the views join the dataset.
 *
 * <p>To drop a partition takes a lock on the whole chunk table: it waits for every query that reads the table, and every
 * query that comes meanwhile waits for it. So it is tried for a moment only, a few times; what is read all that time stays
 * for the next sweep.
 */
final class Leftovers {
    static final String PARTITION_PREFIX = "chunk_";

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final int PATIENCE_MILLIS = 50;
    private static final int PAUSE_MILLIS = 100;
    private static final int ATTEMPTS = 5;

    private Leftovers() {}

    /** Drops what can be dropped now. Not to succeed is no failure: nobody sees what is left. */
    static void sweep(Connection connection) {
        try {
            if (!tryToDropAll(connection)) {
                LOG.info("the chunk rows of removed datasets are dropped later, they are being read");
            }
        } catch (SQLException e) {
            LOG.warn("the chunk rows of removed datasets cannot be dropped now: {}", e.getMessage());
        }
    }

    private static boolean tryToDropAll(Connection connection) throws SQLException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<String> left = find(connection);
            if (left.isEmpty()) {
                return true;
            }
            if (attempt > 0 && !pause()) {
                return false;
            }
            for (String partition : left) {
                drop(connection, partition);
            }
        }
        return find(connection).isEmpty();
    }

    private static List<String> find(Connection connection) throws SQLException {
        List<String> partitions = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid"
                                + " WHERE inhparent = 'chunk'::regclass AND NOT EXISTS"
                                + " (SELECT FROM dataset WHERE relname = '" + PARTITION_PREFIX + "' || no)")) {
            while (rows.next()) {
                partitions.add(rows.getString(1));
            }
        }
        return partitions;
    }

    private static void drop(Connection connection, String partition) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '" + PATIENCE_MILLIS + "ms'");
            try {
                statement.execute("DROP TABLE IF EXISTS " + partition);
            } catch (SQLException e) {
                if (!Failures.LOCK_TIMEOUT.equals(e.getSQLState())) {
                    throw e;
                }
            } finally {
                statement.execute("RESET lock_timeout");
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
