package io.voxelflight.flight.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.flight.config.Home;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a home says about the server that runs for it.
 *
 * @param uri where clients connect, such as {@code grpc://127.0.0.1:8815}
 */
public record RunningServer(long pid, String uri, Instant startedAt) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "server.json";
    private static final String LOCK = "server.lock";

    /** The server that runs for {@code home}: whose lock is held, and not merely one that left its note behind. */
    public static Optional<RunningServer> find(Home home) {
        Path lockFile = home.run().resolve(LOCK);
        if (!Files.exists(lockFile)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            if (free != null) {
                return Optional.empty();
            }
        } catch (OverlappingFileLockException ours) {
            // a server in this very process
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, "lock " + lockFile + " cannot be looked at: " + e, e);
        }
        Path file = home.run().resolve(FILE);
        try {
            JsonNode note = JSON.readTree(Files.readAllBytes(file));
            return Optional.of(new RunningServer(
                    note.path("pid").asLong(),
                    note.path("uri").asText(),
                    Instant.parse(note.path("started_at").asText())));
        } catch (NoSuchFileException starting) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, "server note " + file + " cannot be read: " + e, e);
        }
    }

    /** The right to be the one server of a home; the operating system takes it back when the process dies. */
    public static final class Claim implements AutoCloseable {
        private final Home home;
        private final FileChannel channel;
        private final FileLock lock;

        private Claim(Home home, FileChannel channel, FileLock lock) {
            this.home = home;
            this.channel = channel;
            this.lock = lock;
        }

        /** @throws ServiceException ALREADY_EXISTS naming the server that has it */
        public static Claim take(Home home) {
            Path lockFile = home.run().resolve(LOCK);
            FileChannel channel = null;
            try {
                channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = tryLock(channel);
                if (lock == null) {
                    channel.close();
                    String where = find(home)
                            .map(other -> " at " + other.uri() + " (process " + other.pid() + ")")
                            .orElse("");
                    throw new ServiceException(
                            ErrorCode.ALREADY_EXISTS,
                            "a server of home " + home.root() + " is running already" + where
                                    + ": use it, stop it with 'voxelflight down', or choose another --home");
                }
                Files.deleteIfExists(home.run().resolve(FILE));
                return new Claim(home, channel, lock);
            } catch (IOException e) {
                close(channel, e);
                throw new ServiceException(ErrorCode.UNAVAILABLE, "lock " + lockFile + " cannot be taken: " + e, e);
            }
        }

        /** Writes the note that {@link RunningServer#find} reads, whole or not at all. */
        public void announce(String uri) {
            Path file = home.run().resolve(FILE);
            Path fresh = home.run().resolve(FILE + ".new");
            try {
                Files.write(
                        fresh,
                        JSON.writeValueAsBytes(Map.of(
                                "pid", ProcessHandle.current().pid(),
                                "uri", uri,
                                "started_at", Instant.now().toString())));
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE, "server note " + file + " cannot be written: " + e, e);
            }
        }

        @Override
        public void close() {
            try {
                Files.deleteIfExists(home.run().resolve(FILE));
                lock.release();
                channel.close();
            } catch (IOException e) {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE, "server lock of home " + home.root() + " cannot be given back: " + e, e);
            }
        }

        private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
            try {
                return channel.tryLock();
            } catch (OverlappingFileLockException ours) {
                return null;
            }
        }

        private static void close(@Nullable FileChannel channel, IOException cause) {
            if (channel != null) {
                try {
                    channel.close();
                } catch (IOException e) {
                    cause.addSuppressed(e);
                }
            }
        }
    }
}
