package io.voxelflight.flight.stream;

/**
 * Bounds of one stream.
 *
 * @param blocksAhead blocks that are read, wait or are queued for the network at once
 * @param bytesAhead likewise in bytes; two blocks are allowed whatever their size
 */
public record StreamLimits(int blocksAhead, long bytesAhead) {
    public static final StreamLimits DEFAULT = new StreamLimits(8, 32L << 20);

    int window(long blockBytes) {
        return (int) Math.max(2, Math.min(blocksAhead, bytesAhead / Math.max(1, blockBytes)));
    }
}
