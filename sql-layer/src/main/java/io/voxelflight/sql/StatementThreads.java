package io.voxelflight.sql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where statements run, whichever door they came by: a bounded number at once, and a bounded number that waits. */
public final class StatementThreads implements AutoCloseable {
    private static final long CLOSE_PATIENCE_SECONDS = 5;

    private final int waiting;
    private final ThreadPoolExecutor threads;

    StatementThreads(int size, int waiting) {
        this.waiting = waiting;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(size, size, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting), task -> {
                    Thread thread = new Thread(task, "sql-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** How many run at once. */
    public int size() {
        return threads.getMaximumPoolSize();
    }

    /** @throws ServiceException RESOURCE_EXHAUSTED if too many wait already; UNAVAILABLE if the server stops */
    public void execute(Runnable statement) {
        try {
            threads.execute(statement);
        } catch (RejectedExecutionException e) {
            throw threads.isShutdown()
                    ? new ServiceException(ErrorCode.UNAVAILABLE, "the server stops", e)
                    : new ServiceException(
                            ErrorCode.RESOURCE_EXHAUSTED,
                            size() + " statements run and " + waiting + " wait already: try again later",
                            e);
        }
    }

    /** Interrupts what runs, and waits a little for its end. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(CLOSE_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
