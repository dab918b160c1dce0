package io.voxelflight.blockio.format;

import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an OME-Zarr 0.5 volume to be written shall be.
 *
 * @param name written as the multiscale's name
 * @param kind image or labels; decides the {@code type} of the multiscale's downscaling
 * @param axes the axes that are stored, a subset of t, c, z, y, x in that order with z, y and x in it
 * @param chunk inner chunk
 * @param shard what is stored as one object: a multiple of the chunk on each axis; each level's shard is cut down to the
 *     whole chunks that cover the level
 * @param zstdLevel 1 to 22
 * @param levels extent and voxel size of each level, the finest first
 * @param attributes further attributes of the group (provenance), JSON values, written beside {@code ome}
 */
public record VolumeSpec(
        String name,
        VolumeKind kind,
        ElementType elementType,
        List<Axis> axes,
        BlockShape chunk,
        BlockShape shard,
        int zstdLevel,
        List<LevelSpec> levels,
        Map<String, Object> attributes) {
    public VolumeSpec {
        if (shard.z() % chunk.z() != 0 || shard.y() % chunk.y() != 0 || shard.x() % chunk.x() != 0) {
            throw new IllegalArgumentException("shards of " + shard + " are not filled by chunks of " + chunk);
        }
        if (zstdLevel < 1 || zstdLevel > 22) {
            throw new IllegalArgumentException("zstd level " + zstdLevel + " is not within 1 to 22");
        }
        if (!Axes.canonical(axes).equals(axes) || !axes.containsAll(List.of(Axis.Z, Axis.Y, Axis.X))) {
            throw new IllegalArgumentException("axes " + axes + " are not z, y, x with t and c before them");
        }
        if (levels.isEmpty()) {
            throw new IllegalArgumentException("a volume has at least one level");
        }
    }

    /**
     * One level.
     *
     * @param extent voxels
     * @param voxelSize of this level in nanometres; null if unknown: then scales are relative to level 0, without a unit
     * @param factorZ voxels of level 0 that one voxel spans along z (power of two); likewise y and x
     */
    public record LevelSpec(
            Extent extent, @Nullable VoxelSize voxelSize, double factorZ, double factorY, double factorX) {}
}
