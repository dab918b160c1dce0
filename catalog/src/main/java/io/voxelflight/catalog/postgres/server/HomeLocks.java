package io.voxelflight.catalog.postgres.server;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who uses the server of a home, by locks of the operating system, which also lets go of them for a killed process. Each
 * user shares one lock; starting and stopping happen under another, held alone.
 */
final class HomeLocks implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int POLL_MILLIS = 20;

    /** Folders locked by this process: to close one of two channels of a file would let go of the locks of both. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel users;
    private @Nullable FileLock use;

    /** @throws ServiceException UNAVAILABLE if this process has locks there already */
    HomeLocks(Path folder) throws IOException {
        this.folder = folder;
        if (!OURS.add(folder)) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "this process uses the database of " + folder.getParent()
                            + " already: share it, or close it first");
        }
        try {
            this.users = open(folder.resolve("postgres.users"));
        } catch (IOException e) {
            OURS.remove(folder);
            throw e;
        }
    }

    /** Runs {@code action} while no other process starts or stops the server. */
    synchronized <T> T alone(Action<T> action) throws IOException {
        try (FileChannel starting = open(folder.resolve("postgres.start"))) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            FileLock lock = tryLock(starting, false);
            while (lock == null) {
                if (System.nanoTime() > deadline) {
                    throw new ServiceException(
                            ErrorCode.TIMED_OUT,
                            "another process of " + folder.getParent()
                                    + " has been starting or stopping the database for " + PATIENCE.toSeconds()
                                    + " s: look for it, or stop it");
                }
                pause();
                lock = tryLock(starting, false);
            }
            try {
                return action.run();
            } finally {
                lock.release();
            }
        }
    }

    /** Counts this process among the users. Call within {@link #alone}. */
    void use() throws IOException {
        FileLock lock = tryLock(users, true);
        if (lock == null) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE, "the database of " + folder.getParent() + " is being taken down: try again");
        }
        use = lock;
    }

    /** Takes this process out of the users and says whether nobody else is left. Call within {@link #alone}. */
    boolean leaveAsLast() throws IOException {
        if (use != null) {
            use.release();
            use = null;
        }
        FileLock all = tryLock(users, false);
        if (all == null) {
            return false;
        }
        all.release();
        return true;
    }

    @Override
    public void close() throws IOException {
        try {
            users.close();
        } finally {
            OURS.remove(folder);
        }
    }

    /** What is done under the lock. */
    interface Action<T> {
        T run() throws IOException;
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException heldInThisProcess) {
            return null;
        }
    }

    static void pause() {
        pause(Duration.ofMillis(POLL_MILLIS));
    }

    static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "interrupted while waiting for the database", e);
        }
    }
}
