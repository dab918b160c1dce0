package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.ResultSink;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Runs statements on threads of its own and streams their rows: never on gRPC's threads, and a bounded number at once. */
final class StatementRunner implements AutoCloseable {
    private static final long CLOSE_PATIENCE_SECONDS = 5;

    private final Duration stallTimeout;
    private final int waiting;
    private final ThreadPoolExecutor threads;

    StatementRunner(SqlEngine engine) {
        this.stallTimeout = engine.limits().stallTimeout();
        this.waiting = engine.limits().waitingStatements();
        AtomicInteger number = new AtomicInteger();
        int size = engine.limits().statements();
        this.threads =
                new ThreadPoolExecutor(size, size, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting), task -> {
                    Thread thread = new Thread(task, "sql-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Streams a result; returns at once.
     *
     * @param prepare makes the execution, on a thread of the runner
     */
    void stream(ServerStreamListener listener, Supplier<Execution> prepare) {
        Stream stream = new Stream(listener, stallTimeout);
        submit(listener, () -> stream.run(prepare));
    }

    /** Does something short that answers a stream; returns at once. */
    void submit(ServerStreamListener listener, Runnable work) {
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException | Error e) {
                    listener.error(FlightErrors.of(e));
                }
            });
        } catch (RejectedExecutionException e) {
            listener.error(FlightErrors.of(new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    threads.getMaximumPoolSize() + " statements run and " + waiting + " wait already: try again later",
                    e)));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(CLOSE_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One result on its way. */
    private static final class Stream {
        private final ServerStreamListener listener;
        private final Pacer pacer;
        private boolean cancelled;
        private Execution execution;

        @SuppressWarnings("NullAway.Init")
        Stream(ServerStreamListener listener, Duration stallTimeout) {
            this.listener = listener;
            this.pacer = new Pacer(listener, stallTimeout);
            listener.setOnCancelHandler(this::cancel);
        }

        private void cancel() {
            Execution running;
            synchronized (this) {
                cancelled = true;
                running = execution;
            }
            pacer.wake();
            if (running != null) {
                running.cancel();
            }
        }

        void run(Supplier<Execution> prepare) {
            if (isCancelled()) {
                return; // nobody listens any more
            }
            Execution prepared = prepare.get();
            synchronized (this) {
                execution = prepared;
            }
            if (isCancelled()) {
                prepared.cancel();
            }
            prepared.run(new ResultSink() {
                @Override
                public void begin(VectorSchemaRoot root) {
                    listener.setUseZeroCopy(true); // batches are never written again
                    listener.start(root);
                }

                @Override
                public void batch() {
                    pacer.await();
                    listener.putNext();
                }
            });
            listener.completed();
        }

        private synchronized boolean isCancelled() {
            return cancelled || listener.isCancelled();
        }
    }
}
