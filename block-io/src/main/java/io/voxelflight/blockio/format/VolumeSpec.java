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
 * What an OME-Zarr volume to be written shall be.
 *
 * @param name written as the multiscale's name
 * @param kind image or labels; decides the {@code type} of the multiscale's downscaling
 * @param axes the axes that are stored, a subset of t, c, z, y, x in that order with z, y and x in it
 * @param layout Zarr format, chunks and objects
 * @param levels extent and voxel size of each level, the finest first
 * @param attributes further attributes of the group (provenance), JSON values, written beside the multiscale
 */
public record VolumeSpec(
        String name,
        VolumeKind kind,
        ElementType elementType,
        List<Axis> axes,
        StorageLayout layout,
        List<LevelSpec> levels,
        Map<String, Object> attributes) {
    public VolumeSpec {
        if (!Axes.canonical(axes).equals(axes) || !axes.containsAll(List.of(Axis.Z, Axis.Y, Axis.X))) {
            throw new IllegalArgumentException("axes " + axes + " are not z, y, x with t and c before them");
        }
        if (levels.isEmpty()) {
            throw new IllegalArgumentException("a volume has at least one level");
        }
    }

    public BlockShape chunk() {
        return layout.chunk();
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
