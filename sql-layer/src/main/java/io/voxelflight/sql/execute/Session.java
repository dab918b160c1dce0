package io.voxelflight.sql.execute;

import com.zaxxer.hikari.HikariDataSource;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pooled connection while one statement owns it, in a read-only transaction with a time limit. A cancel reaches
 * PostgreSQL only while it is owned, and a connection that was cancelled never goes back to the pool: a cancel that
 * arrives late can hit nobody else.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private static final int ATTEMPTS = 20;
    private static final int PAUSE_MILLIS = 25;

    private final DataSource pool;
    private final Connection connection;
    private boolean owned = true;
    private boolean cancelled;

    private Session(DataSource pool, Connection connection) {
        this.pool = pool;
        this.connection = connection;
    }

    static Session open(DataSource pool, Duration timeout) throws SQLException {
        return open(pool, "SET LOCAL statement_timeout = " + timeout.toMillis());
    }

    /** @param run by which {@link #cancel(DataSource, UUID)} finds it from any server */
    static Session open(DataSource pool, Duration timeout, UUID run) throws SQLException {
        return open(pool, settings(timeout, run));
    }

    private static String settings(Duration timeout, UUID run) {
        return "SET LOCAL statement_timeout = " + timeout.toMillis() + "; SET LOCAL application_name = '" + label(run)
                + "'";
    }

    /** Lets others see the database as this session does from now on: what {@link #follow} takes. */
    String snapshot() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
            row.next();
            return row.getString(1);
        }
    }

    /** A session that sees the database as another does, whose transaction must not end before this has begun. */
    static Session follow(DataSource pool, Duration timeout, UUID run, String snapshot) throws SQLException {
        return open(
                pool,
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '" + snapshot + "'; "
                        + settings(timeout, run));
    }

    /** A session whose snapshot others can follow. */
    static Session lead(DataSource pool, Duration timeout, UUID run) throws SQLException {
        return open(pool, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; " + settings(timeout, run));
    }

    /**
     * Stops the statements of a run, whichever server has sent them; waits a little until they have ended.
     *
     * @return whether there was one
     */
    static boolean cancel(DataSource pool, UUID run) throws SQLException {
        boolean found = false;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) { // a cancel that overtakes its statement does nothing
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement = connection.prepareStatement(
                            "SELECT coalesce(bool_or(pg_cancel_backend(pid)), false) FROM pg_stat_activity"
                                    + " WHERE application_name = ? AND usename = current_user")) {
                statement.setString(1, label(run));
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next() || !row.getBoolean(1)) {
                        return found;
                    }
                }
            }
            found = true;
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return found;
            }
        }
        return found;
    }

    private static String label(UUID run) {
        return "voxelflight " + run;
    }

    private static Session open(DataSource pool, String settings) throws SQLException {
        Connection connection = pool.getConnection();
        Session session = new Session(pool, connection);
        try {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(settings);
            }
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    PGConnection postgres() throws SQLException {
        return connection.unwrap(PGConnection.class);
    }

    /**
     * Stops what runs on the connection; may be called by any thread, at any time, more than once.
     *
     * @return false if nothing runs any more
     */
    synchronized boolean cancel() {
        if (!owned) {
            return false;
        }
        cancelled = true;
        try {
            postgres().cancelQuery();
        } catch (SQLException e) {
            LOG.warn("a statement could not be cancelled: {}", e.getMessage());
        }
        return true;
    }

    @Override
    public void close() {
        boolean evict;
        synchronized (this) {
            owned = false;
            evict = cancelled;
        }
        try {
            if (evict) {
                evict();
            } else {
                try (Connection closed = connection) {
                    closed.rollback();
                }
            }
        } catch (SQLException e) {
            LOG.debug("a connection was broken when its statement ended", e);
        }
    }

    /** Closes the connection itself; to the pool it is gone, and must not be given back as well. */
    private void evict() throws SQLException {
        if (pool.isWrapperFor(HikariDataSource.class)) {
            pool.unwrap(HikariDataSource.class).evictConnection(connection);
        } else {
            connection.unwrap(Connection.class).abort(Runnable::run);
            connection.close();
        }
    }

    /** What a failure of the database means for the user. */
    static ServiceException failure(SQLException e, Duration timeout) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String reason = String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse("no reason given")
                .replaceFirst("^ERROR: ", "");
        if (state.equals("57014") && reason.contains("user request")) {
            return new ServiceException(
                    ErrorCode.CANCELLED, "the statement was cancelled at another server or by an operator", e);
        }
        if (state.equals("57014")) {
            return new ServiceException(
                    ErrorCode.TIMED_OUT,
                    "the statement took longer than " + timeout.toMillis() / 1000.0
                            + " s: select less, or ask the operator for a longer time limit",
                    e);
        }
        if (state.startsWith("53") || state.startsWith("54")) {
            return new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED, "the database has not enough resources for it: " + reason, e);
        }
        if (state.startsWith("08") || state.startsWith("57P") || e instanceof java.sql.SQLTransientException) {
            return new ServiceException(ErrorCode.UNAVAILABLE, "the database does not answer, try again: " + reason, e);
        }
        if (state.startsWith("22") || state.startsWith("21")) {
            return new ServiceException(ErrorCode.INVALID_ARGUMENT, "a value in the statement is wrong: " + reason, e);
        }
        if (state.startsWith("42") || state.startsWith("0A")) {
            return new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "PostgreSQL does not take this: " + reason + "; see the dialect in docs/sql.md",
                    e);
        }
        return new ServiceException(ErrorCode.INTERNAL, "the database refused the statement: " + reason, e);
    }
}
