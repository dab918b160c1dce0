package io.voxelflight.blockio.assemble;

/**
 * Bounds of the read path.
 *
 * @param maxChunkBytes the largest decoded chunk of an array that is opened
 * @param shardIndexBytes heap for the decoded shard indexes of one array
 * @param openFiles files that a volume keeps open
 * @param fetchThreads requests to remote stores at once, of all volumes together
 * @param chunksAhead chunks of one block that are fetched from a remote store before they are decoded
 * @param maxGapBytes ranges of a remote object with at most so many unwanted bytes between them are fetched as one
 * @param maxJoinedBytes the longest such range
 */
public record ReadLimits(
        long maxChunkBytes,
        long shardIndexBytes,
        int openFiles,
        int fetchThreads,
        int chunksAhead,
        long maxGapBytes,
        long maxJoinedBytes) {
    public static final ReadLimits DEFAULT = new ReadLimits(512L << 20, 32L << 20, 64, 64, 16, 128 << 10, 16L << 20);
}
