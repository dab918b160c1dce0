package io.voxelflight.blockio.assemble;

/**
 * Bounds of the read path.
 *
 * @param maxChunkBytes the largest decoded chunk of an array that is opened
 * @param shardIndexBytes heap for the decoded shard indexes of one array
 * @param openFiles files that a volume keeps open
 */
public record ReadLimits(long maxChunkBytes, long shardIndexBytes, int openFiles) {
    public static final ReadLimits DEFAULT = new ReadLimits(512L << 20, 32L << 20, 64);
}
