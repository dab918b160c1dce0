package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.ResultSink;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * One run of a statement. It was begun by the client that takes its rows, or by one that polls: then it holds its first
 * rows until a client takes them, for as long as a slow client may take nothing.
 */
final class Run {
    private final UUID id;
    private final Duration patience;
    private final StatementEvents.Watch watch;
    private final long begun = System.nanoTime();
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private volatile boolean cancelled;
    private boolean ended;
    private @Nullable Execution execution;
    private @Nullable ServerStreamListener taker;
    private @Nullable Pacer pacer;

    // of the running thread, and of who tells of its failure after it
    private long waitedNanos;
    private long rows;
    private long bytes;
    private boolean told;

    /**
     * @param patience how long nobody may take anything
     * @param watch told how it goes
     */
    Run(UUID id, Duration patience, StatementEvents.Watch watch) {
        this.id = id;
        this.watch = watch;
        this.patience = patience;
    }

    UUID id() {
        return id;
    }

    /** Done as soon as there are rows, or it is known that there are none, or why there will be none. */
    CompletableFuture<Void> answered() {
        return answered;
    }

    /** Sends the rows to a client; false if another takes them, or if there is nothing to be taken any more. */
    boolean take(ServerStreamListener listener) {
        synchronized (this) {
            if (taker != null || ended) {
                return false;
            }
            pacer = new Pacer(listener, patience, () -> cancelled);
            taker = listener;
            notifyAll();
        }
        listener.setOnCancelHandler(this::cancel);
        return true;
    }

    /** Stops it, PostgreSQL too; may be called by any thread, at any time, more than once. */
    void cancel() {
        Execution running;
        Pacer waiting;
        synchronized (this) {
            cancelled = true;
            running = execution;
            waiting = pacer;
            notifyAll();
        }
        if (waiting != null) {
            waiting.wake();
        }
        if (running != null) {
            running.cancel();
        }
    }

    /** Runs it on the calling thread until all rows are taken; if it throws, {@link #fail} is to be called. */
    void run(Supplier<Execution> prepare) {
        checkNotCancelled();
        Execution prepared = prepare.get();
        synchronized (this) {
            execution = prepared;
        }
        checkNotCancelled();
        prepared.run(new ResultSink() {
            private @Nullable VectorSchemaRoot unsent;
            private @Nullable VectorSchemaRoot batches;

            @Override
            public void begin(VectorSchemaRoot root) {
                unsent = root;
                batches = root;
                if (isTaken()) {
                    start(); // clients wait for the schema, it need not wait for rows
                }
            }

            @Override
            public void batch() {
                answered.complete(null);
                long from = System.nanoTime();
                awaitTaker();
                start();
                pacer().await();
                pacer().pause(watch::nanosToWait);
                synchronized (Run.this) {
                    waitedNanos += System.nanoTime() - from;
                    rows += filled().getRowCount();
                    bytes += size(filled());
                }
                watch.sent(size(filled()));
                taker().putNext();
            }

            private VectorSchemaRoot filled() {
                if (batches == null) {
                    throw new IllegalStateException("rows came before their columns");
                }
                return batches;
            }

            private void start() {
                if (unsent != null) {
                    taker().setUseZeroCopy(true); // batches are never written again
                    taker().start(unsent);
                    unsent = null;
                }
            }
        });
        tell(null);
        taker().completed();
    }

    private static long size(VectorSchemaRoot root) {
        return root.getFieldVectors().stream()
                .mapToLong(FieldVector::getBufferSize)
                .sum();
    }

    /** Tells whoever waits for it why it ended, or could not begin. */
    void fail(Throwable failure) {
        ServerStreamListener told;
        synchronized (this) {
            ended = true;
            told = taker;
        }
        tell(failure);
        answered.completeExceptionally(failure);
        if (told != null) {
            told.error(FlightErrors.of(failure));
        }
    }

    private void tell(@Nullable Throwable failure) {
        StatementReport report;
        synchronized (this) {
            if (told) {
                return;
            }
            told = true;
            long took = System.nanoTime() - begun;
            report = StatementReport.of(
                    execution == null ? List.of() : execution.tensors(),
                    rows,
                    bytes,
                    execution == null ? took : waitedNanos,
                    took,
                    failure);
        }
        watch.ended(report);
    }

    private void checkNotCancelled() {
        ServerStreamListener listener;
        synchronized (this) {
            listener = taker;
            if (!cancelled && (listener == null || !listener.isCancelled())) {
                return;
            }
        }
        throw cancelled();
    }

    static ServiceException cancelled() {
        return new ServiceException(ErrorCode.CANCELLED, "the statement was cancelled");
    }

    /** Whether a client takes its rows. */
    synchronized boolean isTaken() {
        return taker != null;
    }

    private synchronized ServerStreamListener taker() {
        if (taker == null) {
            throw new IllegalStateException("rows are sent to nobody");
        }
        return taker;
    }

    private synchronized Pacer pacer() {
        if (pacer == null) {
            throw new IllegalStateException("rows are sent to nobody");
        }
        return pacer;
    }

    private synchronized void awaitTaker() {
        long end = System.nanoTime() + patience.toNanos();
        while (taker == null) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (cancelled) {
                throw cancelled();
            }
            if (left <= 0) {
                throw new ServiceException(
                        ErrorCode.TIMED_OUT,
                        "no client took the rows within " + patience.toSeconds() + " s: send DoGet sooner");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ServiceException(ErrorCode.CANCELLED, "the server stops", e);
            }
        }
    }
}
