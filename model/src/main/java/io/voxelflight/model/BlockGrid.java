package io.voxelflight.model;

/**
 * The regular grid of blocks that covers a volume from its first voxel; the last block of an axis may reach over the
 * edge. Blocks are numbered in C order of their index: x fastest, t slowest.
 */
public record BlockGrid(Extent volume, BlockShape block) {
    /** How many blocks lie along each axis. */
    public Extent counts() {
        return new Extent(
                volume.t(),
                volume.c(),
                ceilDiv(volume.z(), block.z()),
                ceilDiv(volume.y(), block.y()),
                ceilDiv(volume.x(), block.x()));
    }

    /** How many blocks there are. */
    public long size() {
        return counts().voxels();
    }

    /**
     * The index of block number {@code ordinal}.
     *
     * @throws IndexOutOfBoundsException if there is no such block
     */
    public BlockIndex index(long ordinal) {
        Extent counts = counts();
        if (ordinal < 0 || ordinal >= counts.voxels()) {
            throw new IndexOutOfBoundsException("block " + ordinal + " of a grid of " + counts.voxels());
        }
        long rest = ordinal;
        long x = rest % counts.x();
        rest /= counts.x();
        long y = rest % counts.y();
        rest /= counts.y();
        long z = rest % counts.z();
        rest /= counts.z();
        return new BlockIndex(rest / counts.c(), rest % counts.c(), z, y, x);
    }

    /** The number of the block at {@code index}: the inverse of {@link #index}. */
    public long ordinal(BlockIndex index) {
        Extent n = counts();
        return (((index.t() * n.c() + index.c()) * n.z() + index.z()) * n.y() + index.y()) * n.x() + index.x();
    }

    /** The first voxel of the block at {@code index}. */
    public Point origin(BlockIndex index) {
        return new Point(index.t(), index.c(), index.z() * block.z(), index.y() * block.y(), index.x() * block.x());
    }

    /** The block that holds the voxel at {@code point}, which must not be negative. */
    public BlockIndex at(Point point) {
        return new BlockIndex(
                point.t(), point.c(), point.z() / block.z(), point.y() / block.y(), point.x() / block.x());
    }

    /** The voxels of the block at {@code index} that lie inside the volume. */
    public Box validBox(BlockIndex index) {
        return Box.at(origin(index), block).intersection(Box.of(volume));
    }

    private static long ceilDiv(long length, long side) {
        return length / side + (length % side == 0 ? 0 : 1);
    }
}
