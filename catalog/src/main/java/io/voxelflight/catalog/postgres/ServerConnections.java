package io.voxelflight.catalog.postgres;

import io.voxelflight.catalog.postgres.server.PostgresServer;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** New connections to a server where it is now: an embedded one may have come back at another port. */
final class ServerConnections implements DataSource {
    private static final int CONNECT_PATIENCE_SECONDS = 10;

    private final PostgresServer server;
    private final String user;
    private final String password;
    private final String application;
    private final Map<String, String> properties;

    /** @param properties further ones of the driver */
    ServerConnections(
            PostgresServer server, String user, String password, String application, Map<String, String> properties) {
        this.server = server;
        this.user = user;
        this.password = password;
        this.application = application;
        this.properties = properties;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(user, password);
    }

    @Override
    public Connection getConnection(String username, String secret) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", username);
        login.setProperty("password", secret);
        login.setProperty("connectTimeout", String.valueOf(CONNECT_PATIENCE_SECONDS));
        login.setProperty("tcpKeepAlive", "true");
        login.setProperty("ApplicationName", application);
        login.putAll(properties);
        return DriverManager.getConnection(server.jdbcUrl(), login);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        // the driver logs by itself
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // the patience is ours
    }

    @Override
    public int getLoginTimeout() {
        return CONNECT_PATIENCE_SECONDS;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
