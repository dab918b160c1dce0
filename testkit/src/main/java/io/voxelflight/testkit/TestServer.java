package io.voxelflight.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A server of objects on this machine, for tests: empty at first, on a port of its own. Closing it ends it. */
public interface TestServer extends AutoCloseable {
    /** Keeps an object. */
    void put(String key, byte[] bytes);

    /** Where a store of all objects opens. */
    URI uri();

    /** Where a store of all objects opens if its server is reached at another address, such as a {@link FaultProxy}'s. */
    URI uri(String host, int port);

    /** The port that is listened to. */
    int port();

    /** Keeps every file below a folder, its path in the folder as key. */
    default void uploadFolder(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    void close();
}
