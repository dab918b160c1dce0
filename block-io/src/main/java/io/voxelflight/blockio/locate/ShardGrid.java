package io.voxelflight.blockio.locate;

import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Extent;

/** Where inner chunks lie in shards: a shard holds a whole number of them along each axis. */
public record ShardGrid(Extent shard, Extent chunk) {
    /**
     * The place of an inner chunk.
     *
     * @param slot its number in the shard's index, in C order
     */
    public record Place(BlockIndex shard, int slot) {}

    /** Finds an inner chunk by its index in the array's whole grid of inner chunks. */
    public Place place(BlockIndex chunkIndex) {
        long t = per(shard.t(), chunk.t());
        long c = per(shard.c(), chunk.c());
        long z = per(shard.z(), chunk.z());
        long y = per(shard.y(), chunk.y());
        long x = per(shard.x(), chunk.x());
        long slot =
                ((((chunkIndex.t() % t) * c + chunkIndex.c() % c) * z + chunkIndex.z() % z) * y + chunkIndex.y() % y)
                                * x
                        + chunkIndex.x() % x;
        return new Place(
                new BlockIndex(
                        chunkIndex.t() / t,
                        chunkIndex.c() / c,
                        chunkIndex.z() / z,
                        chunkIndex.y() / y,
                        chunkIndex.x() / x),
                Math.toIntExact(slot));
    }

    /** How many inner chunks a shard holds. */
    public long slots() {
        return per(shard.t(), chunk.t())
                * per(shard.c(), chunk.c())
                * per(shard.z(), chunk.z())
                * per(shard.y(), chunk.y())
                * per(shard.x(), chunk.x());
    }

    private static long per(long shardSide, long chunkSide) {
        return shardSide / chunkSide;
    }
}
