package io.voxelflight.catalog.postgres.server;

import java.util.Optional;

/** A PostgreSQL to connect to, wherever it comes from. Closing gives up this process' share in it. */
public interface PostgresServer extends AutoCloseable {
    /** {@code embedded} or {@code external}. */
    String kind();

    /** Data folder or host, for people. */
    String place();

    /** May change when an embedded server had to be started again. */
    String jdbcUrl();

    String user();

    String password();

    /** Why vectors must not be used though the extension may be there; empty if nothing speaks against them. */
    Optional<String> whyNoVectors();

    @Override
    void close();
}
