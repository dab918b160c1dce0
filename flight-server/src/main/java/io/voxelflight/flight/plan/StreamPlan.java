package io.voxelflight.flight.plan;

import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.model.BlockShape;

/**
 * What one stream needs: the opened array and its blocks in order. Closing it gives the volume back.
 *
 * @param level scale level
 */
public record StreamPlan(
        Dataset dataset, int level, BlockShape block, BlockSequence blocks, ArrayReader array, OpenVolumes.Lease lease)
        implements AutoCloseable {
    /** Bytes of one tensor. */
    public long blockBytes() {
        return (long) block.voxels() * dataset.elementType().bytes();
    }

    @Override
    public void close() {
        lease.close();
    }
}
