package io.voxelflight.catalog.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.voxelflight.catalog.postgres.server.EmbeddedPostgres;
import io.voxelflight.catalog.postgres.server.ExternalPostgres;
import io.voxelflight.catalog.postgres.server.PostgresServer;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The catalog's database, ready for use: server found or started, schema up to date, connections pooled; one pool for
 * the catalog itself and one that can only read what SQL users may see.
 */
public final class Database implements AutoCloseable {
    private static final int OWNER_CONNECTIONS = 8;
    private static final int READER_CONNECTIONS = 24;
    private static final long CONNECT_PATIENCE_MILLIS = 10_000;
    private static final int MIN_MAJOR_VERSION = 15;

    private static final Map<String, String> OWNER = Map.of("options", "-c search_path=voxelflight -c timezone=UTC");

    /** The driver must not prepare the readers' statements: after a change of a view the database refuses a prepared one. */
    private static final Map<String, String> READER = Map.of(
            "options",
            "-c search_path=main -c timezone=UTC -c default_transaction_read_only=on",
            "preparedStatementCacheQueries",
            "0");

    private final PostgresServer server;
    private final HikariDataSource owner;
    private final HikariDataSource reader;
    private final DatabaseStatus status;

    private Database(PostgresServer server, HikariDataSource owner, HikariDataSource reader, DatabaseStatus status) {
        this.server = server;
        this.owner = owner;
        this.reader = reader;
        this.status = status;
    }

    /**
     * Finds or starts the server and prepares the schema.
     *
     * @throws ServiceException UNAVAILABLE if the server cannot be reached or started; INVALID_ARGUMENT for an unusable
     *     DATABASE_URL; UNSUPPORTED if the server or the schema has the wrong version
     */
    public static Database open(DatabaseSettings settings) {
        PostgresServer server = settings.databaseUrl() == null
                ? EmbeddedPostgres.open(settings.home())
                : ExternalPostgres.parse(settings.databaseUrl());
        try {
            String version;
            String vectors;
            Optional<ReaderRole> role;
            String schemaVersion;
            try (Connection connection = new ServerConnections(
                            server, server.user(), server.password(), "voxelflight-start", OWNER)
                    .getConnection()) {
                version = version(connection);
                schemaVersion = Schema.prepare(server, settings.migrate());
                vectors = Vectors.prepare(connection, server);
                role = ReaderRole.prepare(connection, server);
                Leftovers.sweep(connection);
            } catch (SQLException e) {
                throw Failures.of("connecting to " + server.place(), e);
            }
            HikariDataSource owner =
                    pool(server, "catalog", server.user(), server.password(), OWNER_CONNECTIONS, false);
            HikariDataSource reader = pool(
                    server,
                    "sql",
                    role.map(ReaderRole::name).orElse(server.user()),
                    role.map(ReaderRole::password).orElse(server.password()),
                    READER_CONNECTIONS,
                    true);
            String readers = role.map(found -> "role " + found.name())
                    .orElse("read-only transactions of " + server.user() + " (it may not create roles)");
            DatabaseStatus status =
                    new DatabaseStatus(server.kind(), server.place(), version, vectors, schemaVersion, readers);
            return new Database(server, owner, reader, status);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Connections that may do everything to the catalog. */
    public DataSource owner() {
        return owner;
    }

    /** Connections that can read the views of schema {@code main} and nothing else. */
    public DataSource readOnly() {
        return reader;
    }

    public DatabaseStatus status() {
        return status;
    }

    /** Whether a query is answered now: empty if so, else why not. */
    public Optional<String> whyNotReady() {
        try (Connection connection = owner.getConnection()) {
            return connection.isValid(2) ? Optional.empty() : Optional.of("the database does not answer in time");
        } catch (SQLException e) {
            return Optional.of("the database does not answer: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        reader.close();
        owner.close();
        server.close();
    }

    private static String version(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW server_version")) {
            result.next();
            if (major < MIN_MAJOR_VERSION) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        "PostgreSQL " + result.getString(1) + " is too old, " + MIN_MAJOR_VERSION
                                + " or newer is needed");
            }
            return result.getString(1);
        }
    }

    private static HikariDataSource pool(
            PostgresServer server, String name, String user, String password, int size, boolean readOnly) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(
                new ServerConnections(server, user, password, "voxelflight-" + name, readOnly ? READER : OWNER));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECT_PATIENCE_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setReadOnly(readOnly);
        return new HikariDataSource(config);
    }
}
