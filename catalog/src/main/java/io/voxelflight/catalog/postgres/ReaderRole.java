package io.voxelflight.catalog.postgres;

import io.voxelflight.catalog.postgres.server.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The role as which SQL users' statements run: it can read the views of schema {@code main} and nothing else.
 *
 * @param password derived from the owner's, so that every process of an installation knows it and no file holds it
 */
record ReaderRole(String name, String password) {
    private static final String NAME = "voxelflight_reader";
    private static final long LOCK = 0x766f78656cL;

    /** Makes the role and its rights; empty if the owner may not create roles. */
    static Optional<ReaderRole> prepare(Connection connection, PostgresServer server) throws SQLException {
        String password = derive(server);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
            statement.execute("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + NAME + "') THEN"
                    + " CREATE ROLE " + NAME + " NOSUPERUSER NOCREATEDB NOCREATEROLE; END IF; END $$");
            statement.execute("ALTER ROLE " + NAME + " LOGIN PASSWORD '" + password + "'");
            statement.execute("ALTER ROLE " + NAME + " SET default_transaction_read_only = on");
            statement.execute("GRANT USAGE ON SCHEMA main, visible TO " + NAME);
            statement.execute("GRANT SELECT ON ALL TABLES IN SCHEMA main, visible TO " + NAME);
            connection.commit();
            return Optional.of(new ReaderRole(NAME, password));
        } catch (SQLException e) {
            connection.rollback();
            if ("42501".equals(e.getSQLState())) { // insufficient privilege
                return Optional.empty();
            }
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static String derive(PostgresServer server) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(
                    (server.user() + ":" + server.password()).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(NAME.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
