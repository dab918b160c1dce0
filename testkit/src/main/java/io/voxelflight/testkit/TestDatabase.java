package io.voxelflight.testkit;

import io.voxelflight.catalog.postgres.Database;
import io.voxelflight.catalog.postgres.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A database for tests: an embedded PostgreSQL (with pgvector where the CPU can run it) in a temporary home, started when
 * a test first asks for it, one for the whole JVM. Tests share it, so they use dataset names of their own.
 */
public final class TestDatabase {
    private TestDatabase() {}

    /** The database. Not to be closed: that happens when the JVM ends, which also deletes its files. */
    public static Database shared() {
        return Holder.DATABASE;
    }

    /** A database that nobody else uses, with a server of its own. Not to be closed either. */
    public static Database another() {
        return Holder.open();
    }

    private static final class Holder {
        static final Database DATABASE = open();

        private Holder() {}

        private static Database open() {
            try {
                Path home = Files.createTempDirectory("voxelflight-test-");
                Database database = Database.open(new DatabaseSettings(home, null, true));
                // root's databases lie outside of their homes, in a folder each
                Path data = Path.of(database.status().place()).resolve("..").normalize();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    database.close();
                    delete(data);
                    delete(home);
                }));
                return database;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
