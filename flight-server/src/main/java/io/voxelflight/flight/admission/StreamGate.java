package io.voxelflight.flight.admission;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets a bounded number of streams run; further ones wait their turn for a bounded time. No thread waits. */
public final class StreamGate {
    /** A stream's place: running, waiting or given back. */
    public final class Pass {
        private final Runnable admitted;
        private final Consumer<ServiceException> refused;
        private boolean running;
        private boolean ended;

        @Nullable
        private ScheduledFuture<?> timeout;

        private Pass(Runnable admitted, Consumer<ServiceException> refused) {
            this.admitted = admitted;
            this.refused = refused;
        }

        /** Gives the place back, whether it was taken already or not. May be called more than once. */
        public void leave() {
            StreamGate.this.leave(this);
        }
    }

    private final int limit;
    private final Duration patience;
    private final ScheduledExecutorService clock;
    private final Executor executor;
    private final Deque<Pass> waiting = new ArrayDeque<>();
    private int running;

    /**
     * @param limit how many streams run at once
     * @param patience how long a further one waits
     * @param executor runs what callers hand in
     */
    public StreamGate(int limit, Duration patience, ScheduledExecutorService clock, Executor executor) {
        this.limit = limit;
        this.patience = patience;
        this.clock = clock;
        this.executor = executor;
    }

    /**
     * Asks for a place.
     *
     * @param admitted run when there is one
     * @param refused given RESOURCE_EXHAUSTED when there was none in time
     */
    public Pass enter(Runnable admitted, Consumer<ServiceException> refused) {
        Pass pass = new Pass(admitted, refused);
        synchronized (this) {
            if (running < limit && waiting.isEmpty()) {
                admit(pass);
            } else {
                waiting.add(pass);
                pass.timeout = clock.schedule(() -> giveUp(pass), patience.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        return pass;
    }

    private void admit(Pass pass) {
        running++;
        pass.running = true;
        if (pass.timeout != null) {
            pass.timeout.cancel(false);
        }
        executor.execute(pass.admitted);
    }

    private void giveUp(Pass pass) {
        synchronized (this) {
            if (pass.running || pass.ended) {
                return;
            }
            waiting.remove(pass);
            pass.ended = true;
        }
        executor.execute(() -> pass.refused.accept(new ServiceException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "this server runs " + limit + " block streams at once and none ended within " + patience.toSeconds()
                        + " s: try again later, or raise the limit")));
    }

    private synchronized void leave(Pass pass) {
        if (pass.ended) {
            return;
        }
        pass.ended = true;
        if (pass.running) {
            running--;
        } else {
            waiting.remove(pass);
            if (pass.timeout != null) {
                pass.timeout.cancel(false);
            }
        }
        while (running < limit && !waiting.isEmpty()) {
            admit(waiting.remove());
        }
    }

    /** How many streams run at once. */
    public int limit() {
        return limit;
    }

    /** How many streams run now. */
    public synchronized int running() {
        return running;
    }

    /** How many streams wait now. */
    public synchronized int waiting() {
        return waiting.size();
    }
}
