package io.voxelflight.sql.execute;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pooled connection while one run owns it ({@link Connections}). A cancel reaches PostgreSQL
 * only while it is owned, and a connection that was cancelled never goes back to the pool: a cancel that
 * arrives late can hit nobody else.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final DataSource pool;
    private final Connection connection;
    private boolean owned = true;
    private boolean cancelled;

    Session(DataSource pool, Connection connection) {
        this.pool = pool;
        this.connection = connection;
    }

    /** Lets others see the database as this session does from now on: what {@link Connections#follow} takes. */
    String snapshot() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
            row.next();
            return row.getString(1);
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
                    if (!closed.getAutoCommit()) {
                        closed.rollback();
                    }
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
}
