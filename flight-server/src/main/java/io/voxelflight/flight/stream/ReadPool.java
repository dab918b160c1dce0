package io.voxelflight.flight.stream;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that fetch, decode and cut blocks, shared by all callers, and by the streams of each in turns. The caller who
 * has had the least time of them is next, however many streams each has; who comes anew begins with what the least of the
 * others has had. A block that takes long gives way between its chunks to a caller who has had less: that one's block is read
 * first, by the same thread. A stream may have several blocks read at once.
 */
public final class ReadPool implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReadPool.class);

    /** Somebody who wants blocks read. */
    interface Reader {
        /** Whose turn it takes. */
        String caller();

        /** The next piece of work, short or long; null if there is none now: then {@link ReadPool#wake} when there is. */
        @Nullable
        Runnable claim();
    }

    /** A caller who waits or whose blocks are being read. Guarded by the map of turns. */
    private static final class Turn {
        private final String caller;
        private final Set<Reader> waiting = new LinkedHashSet<>();
        private int running;
        private long nanos;

        Turn(String caller, long nanos) {
            this.caller = caller;
            this.nanos = nanos;
        }
    }

    /** A thread, and whose time it spends. */
    private final class Worker extends Thread {
        private @Nullable Turn turn;
        private long since;
        private boolean gaveWay;

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            for (Reader reader = next(this); reader != null; reader = next(this)) {
                work(reader);
            }
        }

        private void work(Reader reader) {
            try {
                Runnable work = reader.claim();
                if (work != null) {
                    wake(reader);
                    work.run();
                }
            } catch (RuntimeException | Error e) {
                log.error("a block reader failed", e);
            }
        }
    }

    private final Map<String, Turn> turns = new LinkedHashMap<>();
    private final List<Worker> threads = new ArrayList<>();
    private final LongSupplier clock;
    private boolean closed;

    /** @param name begins the threads' names */
    public ReadPool(String name, int threadCount) {
        this(name, threadCount, System::nanoTime);
    }

    /** @param clock in nanoseconds */
    ReadPool(String name, int threadCount, LongSupplier clock) {
        this.clock = clock;
        for (int i = 0; i < threadCount; i++) {
            threads.add(new Worker(name + i));
        }
        threads.forEach(Thread::start);
    }

    /** How many blocks are read at once. */
    public int size() {
        return threads.size();
    }

    /** Gives the reader a turn, behind all of its caller's who wait for theirs. */
    void wake(Reader reader) {
        synchronized (turns) {
            if (!closed && turn(reader.caller()).waiting.add(reader)) {
                turns.notify();
            }
        }
    }

    private Turn turn(String caller) {
        Turn known = turns.get(caller);
        if (known == null) {
            long least =
                    turns.values().stream().mapToLong(turn -> turn.nanos).min().orElse(0);
            known = new Turn(caller, least);
            turns.put(caller, known);
        }
        return known;
    }

    /**
     * To be called by work that takes long, while it holds nothing that other work may wait for: reads a block of a caller first
     * who has had less of the threads' time. Does nothing on other threads. Work that goes first gives way to nobody.
     */
    void giveWay() {
        if (!(Thread.currentThread() instanceof Worker worker) || worker.gaveWay) {
            return;
        }
        Turn mine;
        Reader other;
        synchronized (turns) {
            charge(worker);
            mine = worker.turn;
            Turn least = least();
            if (mine == null || least == null || least == mine || least.nanos >= mine.nanos) {
                return;
            }
            other = take(least, worker);
        }
        worker.gaveWay = true;
        try {
            worker.work(other);
        } finally {
            worker.gaveWay = false;
            synchronized (turns) {
                charge(worker);
                leave(worker);
                worker.turn = mine;
            }
        }
    }

    /** Of those who wait the one who has had the least time; of equals the one who waits longest. */
    private @Nullable Turn least() {
        Turn least = null;
        for (Turn turn : turns.values()) {
            if (!turn.waiting.isEmpty() && (least == null || turn.nanos < least.nanos)) {
                least = turn;
            }
        }
        return least;
    }

    private Reader take(Turn turn, Worker worker) {
        Iterator<Reader> first = turn.waiting.iterator();
        Reader reader = first.next();
        first.remove();
        turn.running++;
        turns.remove(turn.caller);
        turns.put(turn.caller, turn); // behind those who have had as much
        worker.turn = turn;
        worker.since = clock.getAsLong();
        return reader;
    }

    private void charge(Worker worker) {
        long now = clock.getAsLong();
        if (worker.turn != null) {
            worker.turn.nanos += now - worker.since;
        }
        worker.since = now;
    }

    private void leave(Worker worker) {
        Turn turn = worker.turn;
        if (turn != null) {
            turn.running--;
            if (turn.running == 0 && turn.waiting.isEmpty()) {
                turns.remove(turn.caller);
            }
        }
        worker.turn = null;
    }

    private @Nullable Reader next(Worker worker) {
        synchronized (turns) {
            charge(worker);
            leave(worker);
            try {
                Turn turn = least();
                while (turn == null && !closed) {
                    turns.wait();
                    turn = least();
                }
                return closed || turn == null ? null : take(turn, worker);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
    }

    /** Waits for the blocks that are being read; those that wait for their turn are not read. */
    @Override
    public void close() {
        synchronized (turns) {
            closed = true;
            turns.values().forEach(turn -> turn.waiting.clear());
            turns.notifyAll();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
