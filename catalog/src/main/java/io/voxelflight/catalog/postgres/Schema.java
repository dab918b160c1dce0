package io.voxelflight.catalog.postgres;

import io.voxelflight.catalog.postgres.server.PostgresServer;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.jspecify.annotations.Nullable;

/** The catalog's schema and its versions. */
final class Schema {
    private Schema() {}

    /**
     * Brings the schema up to date; several processes may do it at once.
     *
     * @param migrate false: only look, and refuse what is behind
     * @return the version
     */
    static String prepare(PostgresServer server, boolean migrate) {
        Flyway flyway = Flyway.configure(Schema.class.getClassLoader())
                .dataSource(server.jdbcUrl(), server.user(), server.password())
                .locations("classpath:io/voxelflight/catalog/postgres/migrations")
                .schemas("voxelflight")
                .createSchemas(true)
                .connectRetries(3)
                .load();
        try {
            MigrationInfoService info = flyway.info();
            if (info.pending().length > 0) {
                if (!migrate) {
                    throw new ServiceException(
                            ErrorCode.UNSUPPORTED,
                            "the catalog of " + server.place() + " is at version " + version(info.current()) + ", "
                                    + info.pending().length + " migrations behind: start once without --no-migrate");
                }
                flyway.migrate();
                info = flyway.info();
            }
            flyway.validate();
            return version(info.current());
        } catch (FlywayException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "the catalog's schema in " + server.place() + " cannot be prepared: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }

    private static String version(@Nullable MigrationInfo current) {
        return current == null || current.getVersion() == null
                ? "none"
                : current.getVersion().getVersion();
    }
}
