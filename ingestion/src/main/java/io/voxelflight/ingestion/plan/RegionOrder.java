package io.voxelflight.ingestion.plan;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Extent;
import java.util.Arrays;

/**
 * The regions of one time point and channel in the order in which they are read: depth first through the pyramid, so
 * that a coarse chunk is whole soon after its first part was there. For cubic voxels that is the Morton order.
 *
 * <p>A region is known by its key: the index of its first chunk, the bits of (z, y, x) interleaved as the levels halve
 * the axes.
 */
final class RegionOrder {
    private final Pyramid pyramid;
    private final long[] keys;

    /** @param region in voxels: whole chunks */
    RegionOrder(Pyramid pyramid, BlockShape region) {
        this.pyramid = pyramid;
        BlockShape chunk = pyramid.chunk();
        Extent volume = pyramid.levels().get(0).extent();
        long countZ = Pyramid.ceilDiv(volume.z(), region.z());
        long countY = Pyramid.ceilDiv(volume.y(), region.y());
        long countX = Pyramid.ceilDiv(volume.x(), region.x());
        keys = new long[Math.toIntExact(countZ * countY * countX)];
        int i = 0;
        for (long z = 0; z < countZ; z++) {
            for (long y = 0; y < countY; y++) {
                for (long x = 0; x < countX; x++) {
                    keys[i++] = key(
                            z * (region.z() / chunk.z()), y * (region.y() / chunk.y()), x * (region.x() / chunk.x()));
                }
            }
        }
        Arrays.sort(keys);
    }

    int size() {
        return keys.length;
    }

    /** The index (z, y, x) of the first chunk of a region. */
    long[] firstChunk(int region) {
        long key = keys[region];
        long[] index = new long[3];
        int place = 0;
        for (int level = 1; level < pyramid.levels().size(); level++) {
            PyramidLevel fine = pyramid.levels().get(level - 1);
            Step step = pyramid.levels().get(level).step();
            if (step.x() == 2) {
                index[2] |= (key >>> place++ & 1) << fine.shiftX();
            }
            if (step.y() == 2) {
                index[1] |= (key >>> place++ & 1) << fine.shiftY();
            }
            if (step.z() == 2) {
                index[0] |= (key >>> place++ & 1) << fine.shiftZ();
            }
        }
        return index;
    }

    private long key(long z, long y, long x) {
        long key = 0;
        int place = 0;
        for (int level = 1; level < pyramid.levels().size(); level++) {
            PyramidLevel fine = pyramid.levels().get(level - 1);
            Step step = pyramid.levels().get(level).step();
            if (step.x() == 2) {
                key |= (x >>> fine.shiftX() & 1) << place++;
            }
            if (step.y() == 2) {
                key |= (y >>> fine.shiftY() & 1) << place++;
            }
            if (step.z() == 2) {
                key |= (z >>> fine.shiftZ() & 1) << place++;
            }
        }
        return key;
    }
}
