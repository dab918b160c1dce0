package io.voxelflight.blockio.locate;

import io.voxelflight.blockio.format.KeyEncoding;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockIndex;
import java.util.Locale;

/**
 * Where the chunks of a sharded Neuroglancer precomputed volume go: numbered in compressed Morton code, which takes a bit
 * of x, y and z in turn and leaves out those that the grid is too short for, then hashed to a shard and a minishard.
 *
 * @see <a
 *     href="https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/sharded.md">The format</a>
 */
public final class MortonGrid {
    private static final Axis[] ORDER = {Axis.X, Axis.Y, Axis.Z};

    private final KeyEncoding.MortonShards shards;
    private final int[] bits = new int[ORDER.length];

    /** @throws io.voxelflight.model.ServiceException never; IllegalArgumentException if a number takes more than 64 bits */
    public MortonGrid(KeyEncoding.MortonShards shards, ChunkGrid grid) {
        this.shards = shards;
        int all = 0;
        for (int i = 0; i < ORDER.length; i++) {
            bits[i] = Long.SIZE - Long.numberOfLeadingZeros(grid.count(ORDER[i]) - 1);
            all += bits[i];
        }
        if (all > Long.SIZE) {
            throw new IllegalArgumentException("chunk numbers of " + all + " bits, at most 64 are possible");
        }
    }

    /** A place: {@code minishard} of {@code shard}, both from 0. */
    public record Place(long shard, long minishard) {}

    /** The chunk's number, to be read as unsigned. */
    public long number(BlockIndex chunk) {
        long number = 0;
        int done = 0;
        for (int bit = 0; bit < Long.SIZE; bit++) {
            for (int i = 0; i < ORDER.length; i++) {
                if (bit < bits[i]) {
                    number |= ((chunk.along(ORDER[i]) >>> bit) & 1) << done++;
                }
            }
        }
        return number;
    }

    public Place place(long number) {
        long shifted = shards.preshiftBits() == Long.SIZE ? 0 : number >>> shards.preshiftBits();
        long hash = shards.hash().equals("identity") ? shifted : Murmur3.hash(shifted);
        long minishard = hash & mask(shards.minishardBits());
        return new Place((hash >>> shards.minishardBits()) & mask(shards.shardBits()), minishard);
    }

    /** The name of a shard's file. */
    public String fileName(long shard) {
        int digits = Math.max(1, (shards.shardBits() + 3) / 4);
        String hex = Long.toHexString(shard).toLowerCase(Locale.ROOT);
        return "0".repeat(Math.max(0, digits - hex.length())) + hex;
    }

    private static long mask(int bits) {
        return bits == Long.SIZE ? -1 : (1L << bits) - 1;
    }
}
