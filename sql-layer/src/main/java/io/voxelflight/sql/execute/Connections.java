package io.voxelflight.sql.execute;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** The pool as statements use it: read-only, each statement with a time limit and a name by which any server finds it. */
public final class Connections {
    private static final int CANCEL_ATTEMPTS = 20;
    private static final int CANCEL_PAUSE_MILLIS = 25;

    /** The time limit that each connection has for statements outside of transactions, in milliseconds. */
    private static final Map<PGConnection, Long> LIMITED = Collections.synchronizedMap(new WeakHashMap<>());

    private final DataSource pool;
    private final Duration timeout;

    /**
     * Takes connections from a pool.
     *
     * @param pool connections that can only read
     * @param timeout of a statement
     */
    public Connections(DataSource pool, Duration timeout) {
        this.pool = pool;
        this.timeout = timeout;
    }

    /** A session for a single statement, which is a transaction by itself: it needs no round trip to begin or end one. */
    Session single() throws SQLException {
        Session session = new Session(pool, pool.getConnection());
        try {
            session.connection().setAutoCommit(true);
            limit(session);
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private void limit(Session session) throws SQLException {
        Long millis = timeout.toMillis();
        if (millis.equals(LIMITED.get(session.postgres()))) {
            return;
        }
        try (Statement statement = session.connection().createStatement()) {
            statement.execute(
                    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET statement_timeout = " + millis);
        }
        LIMITED.put(session.postgres(), millis);
    }

    /** A session in a transaction, for several statements. */
    Session transaction() throws SQLException {
        return transaction("");
    }

    /** A session whose view of the database others can share: {@link Session#snapshot}. */
    Session lead() throws SQLException {
        return transaction("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; ");
    }

    /** A session that sees the database as another does, whose transaction must not end before this has begun. */
    Session follow(String snapshot) throws SQLException {
        return transaction(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '" + snapshot + "'; ");
    }

    private Session transaction(String settings) throws SQLException {
        Session session = new Session(pool, pool.getConnection());
        try {
            session.connection().setReadOnly(true);
            session.connection().setAutoCommit(false);
            try (Statement statement = session.connection().createStatement()) {
                statement.execute(settings + "SET LOCAL statement_timeout = " + timeout.toMillis());
            }
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * A statement with its run's name: as a comment, because it costs no round trip. It comes after the first word, where
     * whoever looks at what the database does sees both.
     */
    static String named(UUID run, String statement) {
        return statement.replaceFirst(" ", name(run));
    }

    private static String name(UUID run) {
        return " /* voxelflight " + run + " */ ";
    }

    /**
     * Stops the statements of a run, whichever server has sent them; waits a little until they have ended.
     *
     * @return whether there was one
     * @throws ServiceException UNAVAILABLE if the database does not answer
     */
    public boolean cancel(UUID run) {
        boolean found = false;
        try {
            // a cancel that overtakes its statement does nothing: look again
            for (int attempt = 0; attempt < CANCEL_ATTEMPTS && cancelOnce(run); attempt++) {
                found = true;
                Thread.sleep(CANCEL_PAUSE_MILLIS);
            }
        } catch (SQLException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE, "the database does not answer, the statement may go on: try again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return found;
    }

    private boolean cancelOnce(UUID run) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT coalesce(bool_or(pg_cancel_backend(pid)), false) FROM pg_stat_activity"
                                + " WHERE strpos(left(query, 100), ?) > 0 AND state = 'active' AND usename = current_user")) {
            statement.setString(1, name(run));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** What a failure of the database means for the user. */
    ServiceException failure(SQLException e) {
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
