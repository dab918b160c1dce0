package io.voxelflight.catalog.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Root's databases lie outside of their homes: tests delete what they made. */
final class Places {
    private Places() {}

    static void delete(Database closed) {
        if (closed.status().kind().equals("embedded")) {
            delete(of(closed.status().place()));
        }
    }

    /** The folder that holds a data folder. */
    static Path of(String data) {
        return Path.of(data).resolve("..").normalize();
    }

    static void delete(Path folder) {
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
