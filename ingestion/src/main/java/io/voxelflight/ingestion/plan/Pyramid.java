package io.voxelflight.ingestion.plan;

import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VoxelSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scale levels of a volume, from the finest to the one that a single chunk holds (of each time point and channel).
 *
 * <p>Each level halves the axes, rounding up, but an axis whose voxels are already at least twice as long as the
 * shortest waits, so that voxels become cubes and stay so. An axis of one voxel stays as it is. As chunks have even
 * sides, what a chunk becomes lies within one chunk of the next level: levels are made chunk by chunk.
 */
public record Pyramid(BlockShape chunk, List<PyramidLevel> levels) {
    public Pyramid {
        levels = List.copyOf(levels);
    }

    /**
     * Plans the levels of a volume.
     *
     * @param voxelSize null if unknown, which is taken as cubes
     */
    public static Pyramid of(Extent volume, @Nullable VoxelSize voxelSize, BlockShape chunk) {
        List<PyramidLevel> levels = new ArrayList<>();
        PyramidLevel level = new PyramidLevel(0, volume, new Step(1, 1, 1), 0, 0, 0, voxelSize);
        levels.add(level);
        VoxelSize base = voxelSize == null ? new VoxelSize(1, 1, 1) : voxelSize;
        while (level.extent().z() > chunk.z()
                || level.extent().y() > chunk.y()
                || level.extent().x() > chunk.x()) {
            level = coarser(level, base, voxelSize != null);
            levels.add(level);
        }
        return new Pyramid(chunk, levels);
    }

    private static PyramidLevel coarser(PyramidLevel fine, VoxelSize base, boolean sizeKnown) {
        Extent extent = fine.extent();
        double z = Math.scalb(base.z(), fine.shiftZ());
        double y = Math.scalb(base.y(), fine.shiftY());
        double x = Math.scalb(base.x(), fine.shiftX());
        double shortest = Math.min(
                Math.min(extent.z() > 1 ? z : Double.POSITIVE_INFINITY, extent.y() > 1 ? y : Double.POSITIVE_INFINITY),
                extent.x() > 1 ? x : Double.POSITIVE_INFINITY);
        Step step = new Step(
                factor(extent.z(), z, shortest), factor(extent.y(), y, shortest), factor(extent.x(), x, shortest));
        int shiftZ = fine.shiftZ() + step.z() - 1;
        int shiftY = fine.shiftY() + step.y() - 1;
        int shiftX = fine.shiftX() + step.x() - 1;
        return new PyramidLevel(
                fine.number() + 1,
                new Extent(
                        extent.t(),
                        extent.c(),
                        ceilDiv(extent.z(), step.z()),
                        ceilDiv(extent.y(), step.y()),
                        ceilDiv(extent.x(), step.x())),
                step,
                shiftZ,
                shiftY,
                shiftX,
                sizeKnown
                        ? base.times(Math.scalb(1.0, shiftZ), Math.scalb(1.0, shiftY), Math.scalb(1.0, shiftX))
                        : null);
    }

    private static int factor(long length, double size, double shortest) {
        return length > 1 && size < 2 * shortest ? 2 : 1;
    }

    /** The chunk of the next coarser level that holds what the chunk at {@code index} of {@code level} becomes. */
    public BlockIndex parent(int level, BlockIndex index) {
        Step step = levels.get(level + 1).step();
        return new BlockIndex(index.t(), index.c(), index.z() / step.z(), index.y() / step.y(), index.x() / step.x());
    }

    /** How many chunks of the next finer level become the chunk at {@code index} of {@code level}. */
    public int children(int level, BlockIndex index) {
        Step step = levels.get(level).step();
        Extent finer = levels.get(level - 1).extent();
        return (int) (children(index.z(), step.z(), finer.z(), chunk.z())
                * children(index.y(), step.y(), finer.y(), chunk.y())
                * children(index.x(), step.x(), finer.x(), chunk.x()));
    }

    private static long children(long index, int step, long finerLength, int side) {
        return Math.min((index + 1) * step, ceilDiv(finerLength, side)) - index * step;
    }

    static long ceilDiv(long length, long side) {
        return length / side + (length % side == 0 ? 0 : 1);
    }
}
