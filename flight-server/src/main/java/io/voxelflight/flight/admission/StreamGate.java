package io.voxelflight.flight.admission;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a bounded number of streams run, of all callers and of each; further ones wait their turn for a bounded time. Callers
 * take turns, whoever asked for how many; streams of one caller go in the order in which they came. No thread waits.
 */
public final class StreamGate {
    /** What a stream is made of. */
    public enum Kind {
        /** Blocks: they count against the bound of all streams. */
        BLOCKS,
        /** Rows: they count against the caller's own bound only, the SQL service has one for all. */
        ROWS
    }

    /** A stream's place: running, waiting or given back. */
    public final class Pass {
        private final String caller;
        private final Kind kind;
        private final int bound;
        private final Runnable admitted;
        private final Consumer<ServiceException> refused;
        private boolean running;
        private boolean ended;

        @Nullable
        private ScheduledFuture<?> timeout;

        private Pass(String caller, Kind kind, int bound, Runnable admitted, Consumer<ServiceException> refused) {
            this.caller = caller;
            this.kind = kind;
            this.bound = bound;
            this.admitted = admitted;
            this.refused = refused;
        }

        /** Asks for a place. What was handed in runs on a thread of the gate's. */
        public void enter() {
            if (StreamGate.this.enter(this)) {
                executor.execute(admitted);
            }
        }

        /** As {@link #enter}, for what does not wait: if there is a place now it runs here, before this returns. */
        public void enterHere() {
            if (StreamGate.this.enter(this)) {
                admitted.run();
            }
        }

        /** Gives the place back, whether it was taken already or not, or was never asked for. May be called more than once. */
        public void leave() {
            StreamGate.this.leave(this);
        }
    }

    /** The streams of one caller. */
    private static final class Share {
        private int running;
        private final Map<Kind, Deque<Pass>> waiting = new EnumMap<>(Kind.class);

        Deque<Pass> of(Kind kind) {
            return waiting.computeIfAbsent(kind, of -> new ArrayDeque<>());
        }

        boolean isIdle() {
            return running == 0 && of(Kind.BLOCKS).isEmpty() && of(Kind.ROWS).isEmpty();
        }
    }

    private final int limit;
    private final Duration patience;
    private final ScheduledExecutorService clock;
    private final Executor executor;

    /** By caller; whose turn it is next comes first. */
    private final Map<String, Share> shares = new LinkedHashMap<>();

    private int running;
    private int waiting;

    /**
     * @param limit how many streams of blocks run at once
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
     * What a stream enters by.
     *
     * @param caller whose stream it is
     * @param bound how many streams of that caller run at once
     * @param admitted run when there is a place
     * @param refused given RESOURCE_EXHAUSTED when there was none in time
     */
    public Pass pass(String caller, Kind kind, int bound, Runnable admitted, Consumer<ServiceException> refused) {
        return new Pass(caller, kind, bound, admitted, refused);
    }

    /** Whether the pass is let in at once; else it waits. */
    private synchronized boolean enter(Pass pass) {
        if (pass.ended) {
            return false; // left before it came
        }
        Share share = shares.computeIfAbsent(pass.caller, who -> new Share());
        if (share.of(pass.kind).isEmpty() && hasRoom(share, pass)) {
            take(share, pass);
            // who got a place waits for the others' turns
            shares.remove(pass.caller);
            shares.put(pass.caller, share);
            return true;
        }
        share.of(pass.kind).add(pass);
        waiting++;
        pass.timeout = clock.schedule(() -> giveUp(pass), patience.toMillis(), TimeUnit.MILLISECONDS);
        return false;
    }

    private boolean hasRoom(Share share, Pass pass) {
        return share.running < pass.bound && (pass.kind == Kind.ROWS || running < limit);
    }

    private void take(Share share, Pass pass) {
        share.running++;
        if (pass.kind == Kind.BLOCKS) {
            running++;
        }
        pass.running = true;
        if (pass.timeout != null) {
            pass.timeout.cancel(false);
        }
    }

    private void giveUp(Pass pass) {
        boolean own;
        synchronized (this) {
            if (pass.running || pass.ended) {
                return;
            }
            Share share = shares.get(pass.caller);
            own = share != null && share.running >= pass.bound;
            forget(pass);
            pass.ended = true;
        }
        String why = own
                ? "the caller runs " + pass.bound + " streams at once, as many as it may, and none ended within "
                        + patience.toSeconds() + " s: end some, or ask for a higher bound"
                : "this server runs " + limit + " block streams at once and none ended within " + patience.toSeconds()
                        + " s: try again later, or raise the limit";
        executor.execute(() -> pass.refused.accept(new ServiceException(ErrorCode.RESOURCE_EXHAUSTED, why)));
    }

    /** Takes a waiting pass out of its caller's queue. */
    private void forget(Pass pass) {
        Share share = shares.get(pass.caller);
        if (share != null && share.of(pass.kind).remove(pass)) {
            waiting--;
            if (share.isIdle()) {
                shares.remove(pass.caller);
            }
        }
    }

    private synchronized void leave(Pass pass) {
        if (pass.ended) {
            return;
        }
        pass.ended = true;
        if (pass.running) {
            if (pass.kind == Kind.BLOCKS) {
                running--;
            }
            Share share = shares.get(pass.caller);
            if (share != null) {
                share.running--;
                if (share.isIdle()) {
                    shares.remove(pass.caller);
                }
            }
        } else {
            forget(pass);
            if (pass.timeout != null) {
                pass.timeout.cancel(false);
            }
        }
        while (waiting > 0 && admitNext()) {
            // on
        }
    }

    /** Admits one stream, of the first caller who may have one and wants one; then it is the others' turn. */
    private boolean admitNext() {
        for (Iterator<Map.Entry<String, Share>> turns = shares.entrySet().iterator(); turns.hasNext(); ) {
            Map.Entry<String, Share> turn = turns.next();
            Share share = turn.getValue();
            for (Kind kind : Kind.values()) {
                Pass pass = share.of(kind).peek();
                if (pass != null && hasRoom(share, pass)) {
                    share.of(kind).remove();
                    waiting--;
                    take(share, pass);
                    executor.execute(pass.admitted);
                    String caller = turn.getKey();
                    turns.remove();
                    shares.put(caller, share);
                    return true;
                }
            }
        }
        return false;
    }

    /** How many streams of blocks run at once. */
    public int limit() {
        return limit;
    }

    /** How many streams of blocks run now. */
    public synchronized int running() {
        return running;
    }

    /** How many streams wait now. */
    public synchronized int waiting() {
        return waiting;
    }
}
