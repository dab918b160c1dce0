package io.voxelflight.flight.plan;

/**
 * Bounds of an answer.
 *
 * @param blocks the most blocks of one answer
 * @param endpoints the most parts into which a grid or box is divided
 * @param blocksPerEndpoint below that many blocks an answer is not divided
 * @param originsPerEndpoint likewise for origins, which tickets carry
 * @param blockBytes the largest tensor
 * @param openVolumes volumes kept open while nobody uses them
 */
public record PlanLimits(
        long blocks, int endpoints, long blocksPerEndpoint, int originsPerEndpoint, long blockBytes, int openVolumes) {
    /** The usual ones for tensors of at most {@code blockBytes}. */
    public static PlanLimits usual(long blockBytes) {
        return new PlanLimits(1L << 32, 64, 1024, 4096, blockBytes, 64);
    }
}
