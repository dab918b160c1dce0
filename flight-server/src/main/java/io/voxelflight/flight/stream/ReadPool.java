package io.voxelflight.flight.stream;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that fetch, decode and cut blocks, shared by all callers in turns, and by the streams of each: each caller
 * with a stream that has something to do gets one block read, then the next caller, however many streams each has. A stream
 * may have several blocks read at once.
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

    /** Readers that wait for their turn, by caller; whose turn it is next comes first. */
    private final Map<String, Set<Reader>> turns = new LinkedHashMap<>();

    private final List<Thread> threads = new ArrayList<>();
    private boolean closed;

    /** @param name begins the threads' names */
    public ReadPool(String name, int threadCount) {
        for (int i = 0; i < threadCount; i++) {
            Thread thread = new Thread(this::work, name + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** How many blocks are read at once. */
    public int size() {
        return threads.size();
    }

    /** Gives the reader a turn, behind all of its caller's who wait for theirs. */
    void wake(Reader reader) {
        synchronized (turns) {
            if (!closed
                    && turns.computeIfAbsent(reader.caller(), caller -> new LinkedHashSet<>())
                            .add(reader)) {
                turns.notify();
            }
        }
    }

    private void work() {
        for (Reader reader = next(); reader != null; reader = next()) {
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

    private @Nullable Reader next() {
        synchronized (turns) {
            try {
                while (turns.isEmpty() && !closed) {
                    turns.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
            if (closed) {
                return null;
            }
            Map.Entry<String, Set<Reader>> turn = turns.entrySet().iterator().next();
            String caller = turn.getKey();
            Set<Reader> readers = turn.getValue();
            Iterator<Reader> first = readers.iterator();
            Reader reader = first.next();
            first.remove();
            turns.remove(caller);
            if (!readers.isEmpty()) {
                turns.put(caller, readers); // behind the others
            }
            return reader;
        }
    }

    /** Waits for the blocks that are being read; those that wait for their turn are not read. */
    @Override
    public void close() {
        synchronized (turns) {
            closed = true;
            turns.clear();
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
