package io.voxelflight.ingestion.run;

import io.voxelflight.blockio.encode.ShardWriter;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Commits whole shards on a thread of its own, as forcing bytes to a disk takes long and no processor. A few may wait;
 * then who brings more waits too.
 */
final class ShardCommitter implements AutoCloseable {
    private static final int MAX_WAITING = 16;

    private final Semaphore places = new Semaphore(MAX_WAITING);
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "ingest-commit");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private volatile boolean abandoned;

    /** Takes the shard over: it is closed here. Throws the failure of an earlier one. */
    void commit(ShardWriter shard) {
        throwFailure(shard);
        places.acquireUninterruptibly();
        thread.execute(() -> {
            try (shard) {
                if (!abandoned && failure.get() == null) {
                    shard.commit();
                }
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
            } finally {
                places.release();
            }
        });
    }

    private void throwFailure(ShardWriter unused) {
        RuntimeException failed = failure.get();
        if (failed != null) {
            unused.close();
            throw failed;
        }
    }

    /** Waits until all are committed. */
    void finish() {
        places.acquireUninterruptibly(MAX_WAITING);
        places.release(MAX_WAITING);
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    /** Drops what waits. */
    @Override
    public void close() {
        abandoned = true;
        thread.shutdown();
        try {
            while (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                // a disk that is busy: files must not be written to after this returns
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
