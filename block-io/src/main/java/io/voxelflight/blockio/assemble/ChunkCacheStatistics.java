package io.voxelflight.blockio.assemble;

/**
 * Counters of a chunk cache since its start, and its size now.
 *
 * @param hits chunks found decoded
 * @param misses chunks that had to be decoded (each counted once, however many asked for it meanwhile)
 * @param shared requests that waited for a decode that another had started
 * @param evictions chunks dropped to make room
 * @param failures decodes that ended in an error
 * @param chunks chunks held now
 * @param bytes bytes of decoded voxels held now
 * @param limitBytes the most bytes that may be held
 */
public record ChunkCacheStatistics(
        long hits, long misses, long shared, long evictions, long failures, long chunks, long bytes, long limitBytes) {}
