package io.voxelflight.catalog.postgres.server;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The server that {@code DATABASE_URL} names. */
public final class ExternalPostgres implements PostgresServer {
    private final String jdbcUrl;
    private final String place;
    private final String user;
    private final String password;

    private ExternalPostgres(String jdbcUrl, String place, String user, String password) {
        this.jdbcUrl = jdbcUrl;
        this.place = place;
        this.user = user;
        this.password = password;
    }

    /**
     * Reads {@code postgres://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS}, the form that libpq and cloud providers use;
     * the parameters are those of the JDBC driver.
     *
     * @throws ServiceException INVALID_ARGUMENT, without repeating the password
     */
    public static ExternalPostgres parse(String databaseUrl) {
        String text = databaseUrl.startsWith("jdbc:postgresql:")
                ? "postgres:" + databaseUrl.substring("jdbc:postgresql:".length())
                : databaseUrl.replaceFirst("^postgresql:", "postgres:");
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw wrong("it is no URL (" + e.getReason() + " at character " + e.getIndex() + ")");
        }
        if (!"postgres".equals(uri.getScheme()) || uri.getHost() == null) {
            throw wrong("it does not begin with postgres://HOST");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("^/", "");
        if (path.isEmpty()) {
            throw wrong("it names no database");
        }
        String place = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + "/" + path;
        String[] login = uri.getRawUserInfo() == null
                ? new String[0]
                : uri.getRawUserInfo().split(":", 2);
        String user = login.length > 0 ? decode(login[0]) : System.getProperty("user.name");
        String password = login.length > 1 ? decode(login[1]) : "";
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new ExternalPostgres("jdbc:postgresql://" + place + query, place, user, password);
    }

    @Override
    public String kind() {
        return "external";
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public String jdbcUrl() {
        return jdbcUrl;
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public String password() {
        return password;
    }

    @Override
    public Optional<String> whyNoVectors() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // it is not ours to stop
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static ServiceException wrong(String why) {
        return new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                "DATABASE_URL is not usable: " + why + "; write postgres://USER:PASSWORD@HOST:PORT/DATABASE");
    }
}
