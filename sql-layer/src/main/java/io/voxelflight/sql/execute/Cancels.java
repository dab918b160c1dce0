package io.voxelflight.sql.execute;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells PostgreSQL to stop statements, on threads of its own, again and again until they have ended: a cancel that overtakes
 * its statement on the way to the database does nothing.
 */
public final class Cancels implements AutoCloseable {
    private static final int THREADS = 2;
    private static final long AGAIN_MILLIS = 25;

    private final ScheduledThreadPoolExecutor threads;

    public Cancels() {
        AtomicInteger number = new AtomicInteger();
        threads = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "sql-cancel-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Returns at once. */
    void cancel(Session session) {
        try {
            threads.execute(() -> attempt(session, AGAIN_MILLIS));
        } catch (RejectedExecutionException e) {
            session.cancel(); // the engine closes
        }
    }

    private void attempt(Session session, long pause) {
        if (session.cancel()) {
            try {
                Future<?> unused = threads.schedule(() -> attempt(session, 2 * pause), pause, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                return; // the engine closes: what runs ends with its connection
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
