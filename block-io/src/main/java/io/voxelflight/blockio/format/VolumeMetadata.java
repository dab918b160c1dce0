package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored volume, understood: one array for each scale level, whatever the format.
 *
 * @param format as people name it: {@code OME-Zarr 0.4}
 * @param axes those that it has, in canonical order
 * @param levels the finest first, at least one; all of one element type and with the same axes
 * @param attributes what else the metadata says and readers of it may want ({@code omero}, label colours ...)
 */
public record VolumeMetadata(
        String format, VolumeKind kind, List<Axis> axes, List<LevelMetadata> levels, ObjectNode attributes) {

    /**
     * One scale level.
     *
     * @param path of the array below the volume's place; empty for the place itself
     * @param voxelSize null if the metadata does not say, or says no unit of length
     * @param translation of the first voxel's centre in nanometres; null if unknown
     */
    public record LevelMetadata(
            String path,
            ArrayMetadata array,
            @Nullable VoxelSize voxelSize,
            @Nullable Translation translation) {}

    /** A shift in nanometres. */
    public record Translation(double z, double y, double x) {}

    public VolumeMetadata {
        axes = List.copyOf(axes);
        levels = List.copyOf(levels);
        if (levels.isEmpty()) {
            throw new IllegalArgumentException("a volume has at least one level");
        }
    }
}
