package io.voxelflight.ingestion.plan;

import io.voxelflight.blockio.format.VolumeSpec.LevelSpec;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VoxelSize;
import org.jspecify.annotations.Nullable;

/**
 * One scale level.
 *
 * @param number 0 is the finest
 * @param step how it is made from the level before; all ones for level 0
 * @param shiftZ binary logarithm of the voxels of level 0 that one voxel spans along z; likewise y and x
 * @param voxelSize null if that of level 0 is unknown
 */
public record PyramidLevel(
        int number,
        Extent extent,
        Step step,
        int shiftZ,
        int shiftY,
        int shiftX,
        @Nullable VoxelSize voxelSize) {
    /** The level as it is stored. */
    public LevelSpec spec() {
        return new LevelSpec(extent, voxelSize, 1L << shiftZ, 1L << shiftY, 1L << shiftX);
    }
}
