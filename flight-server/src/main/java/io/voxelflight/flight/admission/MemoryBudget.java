package io.voxelflight.flight.admission;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The bytes that all block streams together may hold: being read, read ahead, or queued for the network.
 *
 * <p>Fairness: read-ahead may only fill the first half of the budget, so that streams which come later, or whose reader
 * is slow, always find room in the second half for the one block that lets them go on. Streams that find no room are
 * woken in the order in which they came.
 */
public final class MemoryBudget {
    private final long limit;
    private long taken;
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    public MemoryBudget(long limitBytes) {
        this.limit = limitBytes;
    }

    /**
     * Takes bytes, if there are enough.
     *
     * @param needed whether the stream holds nothing and can't go on without; else it is read-ahead
     * @param wake run once when bytes came free, if there were not enough now
     */
    public synchronized boolean tryTake(long bytes, boolean needed, Runnable wake) {
        long bound = needed ? limit : limit / 2;
        if (taken + bytes > bound) {
            waiting.add(wake);
            return false;
        }
        taken += bytes;
        waiting.remove(wake);
        return true;
    }

    public void release(long bytes) {
        List<Runnable> woken;
        synchronized (this) {
            taken -= bytes;
            if (waiting.isEmpty()) {
                return;
            }
            woken = new ArrayList<>(waiting);
            waiting.clear();
        }
        woken.forEach(Runnable::run);
    }

    /** Forgets a stream that waits. */
    public synchronized void forget(Runnable wake) {
        waiting.remove(wake);
    }

    public synchronized long taken() {
        return taken;
    }

    public long limit() {
        return limit;
    }
}
