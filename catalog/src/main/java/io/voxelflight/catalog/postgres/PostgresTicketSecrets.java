package io.voxelflight.catalog.postgres;

import io.voxelflight.catalog.api.TicketSecret;
import io.voxelflight.catalog.api.TicketSecrets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Keeps ticket secrets in PostgreSQL, so that every server of a catalog takes the tickets of every other. */
public final class PostgresTicketSecrets implements TicketSecrets {
    private static final int SECRET_BYTES = 32;
    private static final String AGE_SECONDS = "extract(epoch FROM clock_timestamp() - created_at)";

    private final DataSource database;
    private final SecureRandom random = new SecureRandom();

    public PostgresTicketSecrets(DataSource database) {
        this.database = database;
    }

    @Override
    public List<TicketSecret> current(Duration rotateAfter, Duration keep) {
        try (Connection connection = database.getConnection()) {
            List<TicketSecret> secrets = read(connection, keep);
            if (fresh(connection, rotateAfter)) {
                return secrets;
            }
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("LOCK TABLE ticket_secret IN EXCLUSIVE MODE"); // one server makes the new one
                if (!fresh(connection, rotateAfter)) {
                    try (PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO ticket_secret (secret) VALUES (?)")) {
                        byte[] secret = new byte[SECRET_BYTES];
                        random.nextBytes(secret);
                        insert.setBytes(1, secret);
                        insert.executeUpdate();
                    }
                }
                try (PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM ticket_secret WHERE " + AGE_SECONDS + " > ?")) {
                    delete.setDouble(1, seconds(keep));
                    delete.executeUpdate();
                }
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
            return read(connection, keep);
        } catch (SQLException e) {
            throw Failures.of("looking up the secrets of tickets", e);
        }
    }

    private static boolean fresh(Connection connection, Duration rotateAfter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT EXISTS (SELECT FROM ticket_secret WHERE " + AGE_SECONDS + " <= ?)")) {
            statement.setDouble(1, seconds(rotateAfter));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static List<TicketSecret> read(Connection connection, Duration keep) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT id, secret, created_at FROM ticket_secret WHERE " + AGE_SECONDS + " <= ? ORDER BY id")) {
            statement.setDouble(1, seconds(keep));
            try (ResultSet rows = statement.executeQuery()) {
                List<TicketSecret> secrets = new ArrayList<>();
                while (rows.next()) {
                    secrets.add(new TicketSecret(
                            rows.getLong("id"),
                            rows.getBytes("secret"),
                            rows.getObject("created_at", OffsetDateTime.class).toInstant()));
                }
                return secrets;
            }
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
