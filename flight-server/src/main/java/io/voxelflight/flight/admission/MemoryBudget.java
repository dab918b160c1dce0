package io.voxelflight.flight.admission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The bytes that all block streams together may hold: being read, read ahead, or queued for the network.
 *
 * <p>Fairness between streams: read-ahead may only fill the first half of the budget, so that streams which come later, or
 * whose reader is slow, always find room in the second half for the one block that lets them go on. Between callers: each
 * may read ahead in its part of that half only, as many parts as there are callers who hold or want something; and who
 * holds more than its part of the whole may not touch the last eighth. Streams that find no room are woken in the order in
 * which they came.
 */
public final class MemoryBudget {
    /** Of the budget, for callers who hold less than their part. */
    private static final int RESERVE = 8;

    private final long limit;
    private long taken;
    private final Map<String, Long> byCaller = new HashMap<>();
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
    public synchronized boolean tryTake(String caller, long bytes, boolean needed, Runnable wake) {
        long mine = byCaller.getOrDefault(caller, 0L);
        int callers = byCaller.size() + (mine == 0 ? 1 : 0);
        long part = limit / callers;
        boolean fits;
        if (needed) {
            boolean modest = mine + bytes <= part || mine == 0 || callers == 1;
            fits = taken + bytes <= (modest ? limit : limit - limit / RESERVE);
        } else {
            fits = taken + bytes <= limit / 2 && mine + bytes <= part / 2;
        }
        if (!fits) {
            waiting.add(wake);
            return false;
        }
        taken += bytes;
        byCaller.merge(caller, bytes, Long::sum);
        waiting.remove(wake);
        return true;
    }

    public void release(String caller, long bytes) {
        if (bytes == 0) {
            return;
        }
        List<Runnable> woken;
        synchronized (this) {
            taken -= bytes;
            byCaller.computeIfPresent(caller, (who, held) -> held > bytes ? held - bytes : null);
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
