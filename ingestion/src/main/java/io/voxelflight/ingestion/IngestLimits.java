package io.voxelflight.ingestion;

/**
 * Bounds of an ingestion.
 *
 * @param memoryBytes voxels in memory outside the heap: regions being read, chunks being encoded, coarse chunks being
 *     put together. A source's own cache is bounded by its options
 * @param workers threads
 * @throws IllegalArgumentException if either is below 1
 */
public record IngestLimits(long memoryBytes, int workers) {
    /** Enough for regions of a shard's width of any type in chunks of 128^3. */
    public static final long DEFAULT_MEMORY_BYTES = 640L << 20;

    public IngestLimits {
        if (memoryBytes < 1 || workers < 1) {
            throw new IllegalArgumentException(
                    "limits of " + memoryBytes + " bytes and " + workers + " workers: both must be at least 1");
        }
    }

    /** All processors, {@link #DEFAULT_MEMORY_BYTES}. */
    public static IngestLimits ofThisMachine() {
        return new IngestLimits(DEFAULT_MEMORY_BYTES, Runtime.getRuntime().availableProcessors());
    }
}
