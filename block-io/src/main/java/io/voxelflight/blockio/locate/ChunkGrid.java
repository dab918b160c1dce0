package io.voxelflight.blockio.locate;

import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Box;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import java.util.function.Consumer;

/** The regular grid in which an array is cut into pieces; unlike a block, a piece may span several t and c. */
public record ChunkGrid(Extent volume, Extent chunk) {
    /**
     * The share of one chunk in a box.
     *
     * @param origin first voxel of the chunk
     * @param wanted the voxels that are asked for, inside both the box and the volume; absolute coordinates
     */
    public record Part(BlockIndex chunk, Point origin, Box wanted) {}

    /** Visits the chunks that share voxels with {@code box}, in C order; their parts cover it within the volume once. */
    public void visit(Box box, Consumer<Part> visitor) {
        Box inside = box.intersection(Box.of(volume));
        if (inside.isEmpty()) {
            return;
        }
        long[] first = new long[5];
        long[] last = new long[5];
        for (Axis axis : Axis.values()) {
            first[axis.ordinal()] = inside.start().along(axis) / chunk.along(axis);
            last[axis.ordinal()] = (inside.stop().along(axis) - 1) / chunk.along(axis);
        }
        for (long t = first[0]; t <= last[0]; t++) {
            for (long c = first[1]; c <= last[1]; c++) {
                for (long z = first[2]; z <= last[2]; z++) {
                    for (long y = first[3]; y <= last[3]; y++) {
                        for (long x = first[4]; x <= last[4]; x++) {
                            BlockIndex index = new BlockIndex(t, c, z, y, x);
                            Point origin = origin(index);
                            visitor.accept(new Part(
                                    index, origin, Box.at(origin, chunk).intersection(inside)));
                        }
                    }
                }
            }
        }
    }

    public Point origin(BlockIndex index) {
        return new Point(
                index.t() * chunk.t(),
                index.c() * chunk.c(),
                index.z() * chunk.z(),
                index.y() * chunk.y(),
                index.x() * chunk.x());
    }

    /** The chunk's number among all of the array, in C order. */
    public long ordinal(BlockIndex index) {
        return (((index.t() * count(Axis.C) + index.c()) * count(Axis.Z) + index.z()) * count(Axis.Y) + index.y())
                        * count(Axis.X)
                + index.x();
    }

    /** How many chunks lie along an axis. */
    public long count(Axis axis) {
        long length = volume.along(axis);
        long side = chunk.along(axis);
        return length / side + (length % side == 0 ? 0 : 1);
    }
}
