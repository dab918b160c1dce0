package io.voxelflight.blockio.assemble;

/**
 * Counters of a disk cache since its start, and its size now.
 *
 * @param hits pieces found
 * @param misses pieces looked for that were not there
 * @param writes pieces written
 * @param evictions pieces dropped to make room
 * @param chunks pieces held now
 * @param bytes bytes they take on the disk
 * @param limitBytes the most they may take
 */
public record DiskCacheStatistics(
        long hits, long misses, long writes, long evictions, long chunks, long bytes, long limitBytes) {}
