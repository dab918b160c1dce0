package io.voxelflight.catalog.postgres;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which database, and what may be done to it.
 *
 * @param home folder of the embedded server
 * @param databaseUrl replaces the embedded server; null: embedded
 * @param migrate bring an older schema up to date, else refuse it
 */
public record DatabaseSettings(Path home, @Nullable String databaseUrl, boolean migrate) {
    public static DatabaseSettings of(Path home, Map<String, String> environment, boolean migrate) {
        String url = environment.get("DATABASE_URL");
        return new DatabaseSettings(home, url == null || url.isEmpty() ? null : url, migrate);
    }

    /** Without the URL, which holds a password. */
    @Override
    public String toString() {
        return "DatabaseSettings[" + (databaseUrl == null ? "embedded in " + home : "DATABASE_URL") + "]";
    }
}
