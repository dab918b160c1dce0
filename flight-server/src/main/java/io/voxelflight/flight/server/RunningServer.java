package io.voxelflight.flight.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.flight.config.Home;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a home says about the server that runs for it.
 *
 * @param uri where clients connect, such as {@code grpc://127.0.0.1:8815}
 * @param httpUri where health and metrics are, such as {@code http://127.0.0.1:8816}
 */
public record RunningServer(long pid, String uri, String httpUri, Instant startedAt) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "server.json";
    private static final String LOCK = "server.lock";
    private static final int CLAIM_ATTEMPTS = 20;
    private static final int CLAIM_PAUSE_MILLIS = 50;

    /**
     * Homes that this process serves. POSIX takes a lock back as soon as the process closes <em>any</em> descriptor of the
     * file, so a lock that is ours must not even be looked at.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    /** The server that runs for {@code home}: whose lock is held, and not merely one that left its note behind. */
    public static Optional<RunningServer> find(Home home) {
        if (!isClaimed(home)) {
            return Optional.empty();
        }
        Path file = home.run().resolve(FILE);
        try {
            JsonNode note = JSON.readTree(Files.readAllBytes(file));
            return Optional.of(new RunningServer(
                    note.path("pid").asLong(),
                    note.path("uri").asText(),
                    note.path("http_uri").asText(),
                    Instant.parse(note.path("started_at").asText())));
        } catch (NoSuchFileException starting) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, "server note " + file + " cannot be read: " + e, e);
        }
    }

    /** Whether a server of {@code home} runs, is starting or stopping. */
    public static boolean isClaimed(Home home) {
        Path lockFile = home.run().resolve(LOCK);
        if (!Files.exists(lockFile)) {
            return false;
        }
        if (OURS.contains(lockFile)) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            return free == null;
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, "lock " + lockFile + " cannot be looked at: " + e, e);
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
            if (!OURS.add(lockFile)) {
                throw taken(home);
            }
            FileChannel channel = null;
            try {
                channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock();
                for (int attempt = 1; lock == null && attempt < CLAIM_ATTEMPTS; attempt++) {
                    pause(home); // it may only be someone who looks whether a server runs
                    lock = channel.tryLock();
                }
                if (lock == null) {
                    throw taken(home);
                }
                Files.deleteIfExists(home.run().resolve(FILE));
                return new Claim(home, channel, lock);
            } catch (IOException e) {
                close(channel, e);
                OURS.remove(lockFile);
                throw new ServiceException(ErrorCode.UNAVAILABLE, "lock " + lockFile + " cannot be taken: " + e, e);
            } catch (RuntimeException e) {
                close(channel, e);
                OURS.remove(lockFile);
                throw e;
            }
        }

        /** Writes the note that {@link RunningServer#find} reads, whole or not at all. */
        public void announce(String uri, String httpUri) {
            Path file = home.run().resolve(FILE);
            Path fresh = home.run().resolve(FILE + ".new");
            try {
                Files.write(
                        fresh,
                        JSON.writeValueAsBytes(Map.of(
                                "pid",
                                ProcessHandle.current().pid(),
                                "uri",
                                uri,
                                "http_uri",
                                httpUri,
                                "started_at",
                                Instant.now().toString())));
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
                OURS.remove(home.run().resolve(LOCK));
            } catch (IOException e) {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE, "server lock of home " + home.root() + " cannot be given back: " + e, e);
            }
        }

        private static ServiceException taken(Home home) {
            String where = find(home)
                    .map(other -> " at " + other.uri() + " (process " + other.pid() + ")")
                    .orElse("");
            return new ServiceException(
                    ErrorCode.ALREADY_EXISTS,
                    "a server of home " + home.root() + " is running already" + where
                            + ": use it, stop it with 'voxelflight down', or choose another --home");
        }

        private static void pause(Home home) {
            try {
                Thread.sleep(CLAIM_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ServiceException(
                        ErrorCode.CANCELLED, "interrupted while the server of home " + home.root() + " started", e);
            }
        }

        private static void close(@Nullable FileChannel channel, Exception cause) {
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
