package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.StatementThreads;
import io.voxelflight.sql.execute.Execution;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.jspecify.annotations.Nullable;

/** Runs statements on threads of its own and streams their rows: never on gRPC's threads, and a bounded number at once. */
final class StatementRunner implements AutoCloseable {
    private static final int REMEMBERED = 1024;

    private final Duration stallTimeout;
    private final StatementThreads threads;

    /** What runs or waits for a thread: as many as threads and queue hold. */
    private final Set<Run> runs = ConcurrentHashMap.newKeySet();

    /** Statements that must not run (again), and why: they were cancelled, or failed while their client polled. */
    private final Map<UUID, Throwable> over = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Throwable> eldest) {
            return size() > REMEMBERED;
        }
    };

    StatementRunner(SqlEngine engine) {
        this.stallTimeout = engine.limits().stallTimeout();
        this.threads = engine.statementThreads();
    }

    /**
     * Streams a result; returns at once. If a run of that id waits for a client to take its rows, they are those.
     *
     * @param watch asked once it is known that a run begins; may refuse it
     * @param prepare makes the execution, on a thread of the runner
     */
    void stream(
            UUID id,
            ServerStreamListener listener,
            Supplier<StatementEvents.Watch> watch,
            Supplier<Execution> prepare) {
        Throwable reason = over(id);
        if (reason != null) {
            listener.error(FlightErrors.of(reason));
            return;
        }
        for (Run run : runs) {
            if (run.id().equals(id) && run.take(listener)) {
                return;
            }
        }
        Run run = new Run(id, stallTimeout, watch.get());
        run.take(listener);
        start(run, prepare);
    }

    /**
     * Begins a run whose rows a client will take later, unless it runs already; waits a little for its first rows.
     *
     * @return whether it has rows to be taken, or is known to have none
     * @throws ServiceException why it will not have any
     */
    boolean poll(UUID id, Supplier<StatementEvents.Watch> watch, Supplier<Execution> prepare, Duration patience) {
        Throwable reason = over(id);
        if (reason != null) {
            throw FlightErrors.of(reason);
        }
        Run run = polled(id, watch, prepare);
        if (run == null) {
            return true; // too many wait for their clients: this one runs when its rows are asked for
        }
        try {
            run.answered().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw FlightErrors.of(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "the server stops", e);
        }
    }

    private synchronized @Nullable Run polled(
            UUID id, Supplier<StatementEvents.Watch> watch, Supplier<Execution> prepare) {
        int untaken = 0;
        for (Run run : runs) {
            if (run.id().equals(id)) {
                return run;
            }
            untaken += run.isTaken() ? 0 : 1;
        }
        if (untaken >= Math.max(1, threads.size() / 2)) {
            return null;
        }
        Run run = new Run(id, stallTimeout, watch.get());
        start(run, prepare);
        return run;
    }

    /** Stops the runs of that id, and lets none begin any more. */
    void cancel(UUID id) {
        synchronized (over) {
            over.put(id, Run.cancelled());
        }
        runs.stream().filter(run -> run.id().equals(id)).forEach(Run::cancel);
    }

    private @Nullable Throwable over(UUID id) {
        synchronized (over) {
            return over.get(id);
        }
    }

    private void start(Run run, Supplier<Execution> prepare) {
        runs.add(run);
        if (over(run.id()) != null) { // cancelled just now
            run.cancel();
        }
        try {
            threads.execute(() -> {
                try {
                    run.run(prepare);
                } catch (RuntimeException | Error e) {
                    if (!run.isTaken()) {
                        synchronized (over) {
                            over.putIfAbsent(run.id(), e);
                        }
                    }
                    run.fail(e);
                } finally {
                    runs.remove(run);
                }
            });
        } catch (ServiceException e) {
            runs.remove(run);
            run.fail(e);
        }
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
        } catch (ServiceException e) {
            listener.error(FlightErrors.of(e));
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
