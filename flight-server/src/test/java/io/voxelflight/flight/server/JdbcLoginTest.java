package io.voxelflight.flight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.flight.access.KeyText;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.tls.TestAuthority;
import io.voxelflight.flight.tls.TestAuthority.Pair;
import io.voxelflight.flight.tls.TlsSettings;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrow's JDBC driver logs in with a key as password, or shows it as a token; over TLS. */
class JdbcLoginTest {

    @TempDir
    private Path folder;

    @Test
    void aKeyIsAPasswordOrAToken() throws Exception {
        TestAuthority authority = new TestAuthority(folder, "authority");
        Pair pair = authority.issue("server");
        Home home = new Home(folder.resolve("home"));
        TlsSettings tls = new TlsSettings(pair.certificate(), pair.key(), null);
        KeyText key = KeyText.random();
        try (Installation installation = Installation.open(home.prepare(), Map.of(), true)) {
            installation
                    .accessKeys()
                    .create(key.toKeep("jdbc", Role.READER, DatasetPatterns.ALL, Quota.NONE, null), "test");
        }
        try (Server server = Server.start(home, Map.of(), settings(tls))) {
            assertThat(ask(server, authority, Map.of("user", "anyone", "password", key.text())))
                    .isEqualTo(1);
            assertThat(ask(server, authority, Map.of("token", key.text()))).isEqualTo(1);
            String wrong = KeyText.random().text();
            assertThatThrownBy(() -> ask(server, authority, Map.of("user", "anyone", "password", wrong)))
                    .isInstanceOf(SQLException.class)
                    .hasStackTraceContaining("UNAUTHENTICATED")
                    .hasStackTraceContaining("the API key is not known");
            assertThatThrownBy(() -> ask(server, authority, Map.of("token", wrong)))
                    .isInstanceOf(SQLException.class)
                    .hasStackTraceContaining("UNAUTHENTICATED");
            assertThatThrownBy(() -> ask(server, authority, Map.of()))
                    .isInstanceOf(SQLException.class)
                    .hasStackTraceContaining("wants an API key or a token");
        }
    }

    private static int ask(Server server, TestAuthority authority, Map<String, String> login) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(login);
        properties.setProperty("useEncryption", "true");
        properties.setProperty("useSystemTrustStore", "false");
        properties.setProperty("tlsRootCerts", authority.certificate().toString());
        String url = "jdbc:arrow-flight-sql://127.0.0.1:"
                + URI.create(server.flightUri()).getPort();
        try (Connection connection = DriverManager.getConnection(url, properties);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT 1")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static ServerSettings settings(TlsSettings tls) {
        return SmallServer.settings(
                new ServerSettings.AccessSettings(true, null, tls), ServerSettings.CallSettings.DEFAULT);
    }
}
