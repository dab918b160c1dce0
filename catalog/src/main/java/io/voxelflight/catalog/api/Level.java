package io.voxelflight.catalog.api;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VoxelSize;
import org.jspecify.annotations.Nullable;

/**
 * One scale level of a dataset.
 *
 * @param level 0 is the finest
 * @param chunk shape of a chunk row of the chunk index (the grid begins at voxel 0)
 * @param shard what is stored as one object along z, y and x (1 along t and c); equal to the chunk where chunks are stored
 *     one by one
 * @param path of the array inside the volume, such as {@code 0}
 * @param storedBytes bytes all chunks take in the store
 */
public record Level(
        int level,
        Extent extent,
        BlockShape chunk,
        Extent shard,
        @Nullable VoxelSize voxelSize,
        String path,
        long storedBytes) {}
