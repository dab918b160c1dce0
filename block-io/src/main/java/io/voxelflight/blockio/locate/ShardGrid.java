package io.voxelflight.blockio.locate;

import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Extent;
import java.util.List;

/**
 * Where inner chunks lie in shards: a shard holds a whole number of them along each axis.
 *
 * @param axes of the array in stored order: the slots of a shard are numbered in C order of these
 */
public record ShardGrid(Extent shard, Extent chunk, List<Axis> axes) {
    public ShardGrid {
        axes = List.copyOf(axes);
    }

    /**
     * The place of an inner chunk.
     *
     * @param slot its number in the shard's index
     */
    public record Place(BlockIndex shard, int slot) {}

    /** Finds an inner chunk by its index in the array's whole grid of inner chunks. */
    public Place place(BlockIndex chunkIndex) {
        long slot = 0;
        for (Axis axis : axes) {
            slot = slot * per(axis) + chunkIndex.along(axis) % per(axis);
        }
        return new Place(
                new BlockIndex(
                        chunkIndex.t() / per(Axis.T),
                        chunkIndex.c() / per(Axis.C),
                        chunkIndex.z() / per(Axis.Z),
                        chunkIndex.y() / per(Axis.Y),
                        chunkIndex.x() / per(Axis.X)),
                Math.toIntExact(slot));
    }

    /** How many inner chunks a shard holds. */
    public long slots() {
        return per(Axis.T) * per(Axis.C) * per(Axis.Z) * per(Axis.Y) * per(Axis.X);
    }

    private long per(Axis axis) {
        return shard.along(axis) / chunk.along(axis);
    }
}
