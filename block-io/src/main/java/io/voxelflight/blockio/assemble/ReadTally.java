package io.voxelflight.blockio.assemble;

import java.util.concurrent.atomic.AtomicLong;

/** What blocks were cut from: how many chunks, and for how many the cache was of no use. Safe for use by many threads. */
public final class ReadTally {
    private final AtomicLong chunks = new AtomicLong();
    private final AtomicLong loads = new AtomicLong();

    void cut() {
        chunks.incrementAndGet();
    }

    void loaded() {
        loads.incrementAndGet();
    }

    /** Chunks that blocks were cut from, each time one was. */
    public long chunks() {
        return chunks.get();
    }

    /** How many of them were in memory, on the cache's disk, or being loaded for somebody else. */
    public long cacheHits() {
        long misses = loads.get(); // first: a chunk is cut before it is loaded
        return chunks.get() - misses;
    }
}
