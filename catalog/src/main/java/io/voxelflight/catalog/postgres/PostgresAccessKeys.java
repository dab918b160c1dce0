package io.voxelflight.catalog.postgres;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.AccessKey;
import io.voxelflight.catalog.api.AccessKeys;
import io.voxelflight.catalog.api.AuditEntry;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Keeps keys in PostgreSQL. A change, its version and its line of the audit log are one transaction. */
public final class PostgresAccessKeys implements AccessKeys {
    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource database;

    public PostgresAccessKeys(DataSource database) {
        this.database = database;
    }

    @Override
    public List<AccessKey> keys() {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT * FROM access_key ORDER BY created_at, prefix");
                ResultSet rows = statement.executeQuery()) {
            List<AccessKey> keys = new ArrayList<>();
            while (rows.next()) {
                keys.add(key(rows));
            }
            return keys;
        } catch (SQLException e) {
            throw Failures.of("looking up API keys", e);
        }
    }

    @Override
    public long version() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM access_version")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw Failures.of("looking for changes of API keys", e);
        }
    }

    @Override
    public void create(AccessKey key, String actor) {
        changing("creating key '" + key.name() + "'", connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO access_key (prefix, name, role, datasets, requests_per_second, bytes_per_second, streams,"
                            + " sql_seconds_per_minute, expires_at, salt, hash, created_at)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                insert.setString(1, key.prefix());
                insert.setString(2, key.name());
                setRights(connection, insert, 3, key);
                insert.setBytes(10, key.salt());
                insert.setBytes(11, key.hash());
                insert.setObject(12, time(key.createdAt()));
                insert.executeUpdate();
            } catch (SQLException e) {
                if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                    throw new ServiceException(
                            ErrorCode.ALREADY_EXISTS,
                            "there is a key '" + key.name() + "' already: choose another name, or revoke it first",
                            e);
                }
                throw e;
            }
            audit(connection, actor, "create", key);
        });
    }

    @Override
    public void change(AccessKey key, String actor) {
        changing("changing key '" + key.name() + "'", connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE access_key SET role = ?, datasets = ?, requests_per_second = ?, bytes_per_second = ?,"
                            + " streams = ?, sql_seconds_per_minute = ?, expires_at = ?"
                            + " WHERE prefix = ? AND revoked_at IS NULL")) {
                setRights(connection, update, 1, key);
                update.setString(8, key.prefix());
                if (update.executeUpdate() == 0) {
                    throw unknown(key.name());
                }
            }
            audit(connection, actor, "change", key);
        });
    }

    @Override
    public AccessKey revoke(String name, String actor) {
        List<AccessKey> revoked = new ArrayList<>();
        changing("revoking key '" + name + "'", connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE access_key SET revoked_at = now()"
                    + " WHERE name = ? AND revoked_at IS NULL RETURNING *")) {
                update.setString(1, name);
                try (ResultSet row = update.executeQuery()) {
                    if (!row.next()) {
                        throw unknown(name);
                    }
                    revoked.add(key(row));
                }
            }
            audit(connection, actor, "revoke", revoked.get(0));
        });
        return revoked.get(0);
    }

    @Override
    public List<AuditEntry> audit(int most) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT at, actor, action, prefix, details FROM access_audit ORDER BY no DESC LIMIT ?")) {
            statement.setInt(1, most);
            List<AuditEntry> entries = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    entries.add(new AuditEntry(
                            row.getObject(1, OffsetDateTime.class).toInstant(),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5)));
                }
            }
            return entries;
        } catch (SQLException e) {
            throw Failures.of("reading the audit log of keys", e);
        }
    }

    private interface Change {
        void make(Connection connection) throws SQLException;
    }

    private void changing(String what, Change change) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                change.make(connection);
                statement.executeUpdate("UPDATE access_version SET version = version + 1");
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

    private static void audit(Connection connection, String actor, String action, AccessKey key) throws SQLException {
        ObjectNode details = JsonNodeFactory.instance.objectNode();
        details.put("name", key.name());
        details.put("role", key.role().toString());
        details.put("datasets", key.datasets().toString());
        details.put("requests_per_second", key.quota().requestsPerSecond());
        details.put("bytes_per_second", key.quota().bytesPerSecond());
        details.put("streams", key.quota().streams());
        details.put("sql_seconds_per_minute", key.quota().sqlSecondsPerMinute());
        Instant expires = key.expiresAt();
        details.put("expires_at", expires == null ? null : expires.toString());
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO access_audit (actor, action, prefix, details) VALUES (?, ?, ?, ?::jsonb)")) {
            insert.setString(1, actor);
            insert.setString(2, action);
            insert.setString(3, key.prefix());
            insert.setString(4, details.toString());
            insert.executeUpdate();
        }
    }

    private static void setRights(Connection connection, PreparedStatement statement, int first, AccessKey key)
            throws SQLException {
        Quota quota = key.quota();
        statement.setString(first, key.role().toString());
        statement.setArray(
                first + 1,
                connection.createArrayOf("text", key.datasets().patterns().toArray()));
        statement.setObject(first + 2, quota.requestsPerSecond());
        statement.setObject(first + 3, quota.bytesPerSecond());
        statement.setObject(first + 4, quota.streams());
        statement.setObject(first + 5, quota.sqlSecondsPerMinute());
        Instant expires = key.expiresAt();
        statement.setObject(first + 6, expires == null ? null : time(expires));
    }

    private static AccessKey key(ResultSet row) throws SQLException {
        return new AccessKey(
                row.getString("prefix"),
                row.getString("name"),
                Role.parse(row.getString("role")),
                new DatasetPatterns(List.of((String[]) row.getArray("datasets").getArray())),
                new Quota(
                        row.getObject("requests_per_second", Double.class),
                        row.getObject("bytes_per_second", Long.class),
                        row.getObject("streams", Integer.class),
                        row.getObject("sql_seconds_per_minute", Double.class)),
                row.getBytes("salt"),
                row.getBytes("hash"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "expires_at"),
                instant(row, "revoked_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static ServiceException unknown(String name) {
        return new ServiceException(
                ErrorCode.NOT_FOUND, "there is no key '" + name + "' in use: 'voxelflight keys list' shows all");
    }
}
