package io.voxelflight.ingestion.plan;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Extent;
import java.util.HashMap;
import java.util.Map;
import org.apache.arrow.memory.rounding.DefaultRoundingPolicy;

/** How much memory a way of cutting and ordering takes at its worst moment, found by going through all regions. */
final class MemoryNeed {
    private MemoryNeed() {}

    /** What Arrow's allocator takes for a request: a power of two up to its chunk size. */
    static long allocated(long bytes) {
        return DefaultRoundingPolicy.DEFAULT_ROUNDING_POLICY.getRoundedSize(bytes);
    }

    /**
     * The most chunks of levels 1 and above that are unfinished at one moment, if no region is begun before the one
     * {@code window} places ahead of it is done.
     */
    static int unfinishedChunks(Pyramid pyramid, BlockShape region, RegionOrder order, int window) {
        int[] change = new int[order.size() + 1];
        for (int level = 1; level < pyramid.levels().size(); level++) {
            addUnfinished(pyramid, level, region, order, window, change);
        }
        int most = 0;
        int now = 0;
        for (int delta : change) {
            now += delta;
            most = Math.max(most, now);
        }
        return most;
    }

    private record Cell(long z, long y, long x) {}

    private static final class Cover {
        final int firstRegion;
        long chunksLeft;

        Cover(int firstRegion, long chunks) {
            this.firstRegion = firstRegion;
            this.chunksLeft = chunks;
        }
    }

    private static void addUnfinished(
            Pyramid pyramid, int number, BlockShape region, RegionOrder order, int window, int[] change) {
        PyramidLevel level = pyramid.levels().get(number);
        BlockShape chunk = pyramid.chunk();
        Extent volume = pyramid.levels().get(0).extent();
        long[] counts = {
            Pyramid.ceilDiv(volume.z(), chunk.z()),
            Pyramid.ceilDiv(volume.y(), chunk.y()),
            Pyramid.ceilDiv(volume.x(), chunk.x())
        };
        int[] shifts = {level.shiftZ(), level.shiftY(), level.shiftX()};
        int[] sides = {region.z() / chunk.z(), region.y() / chunk.y(), region.x() / chunk.x()};
        Map<Cell, Cover> open = new HashMap<>();
        for (int i = 0; i < order.size(); i++) {
            long[] first = order.firstChunk(i);
            long[] stop = new long[3];
            for (int axis = 0; axis < 3; axis++) {
                stop[axis] = Math.min(first[axis] + sides[axis], counts[axis]);
            }
            for (long z = first[0] >> shifts[0]; z <= (stop[0] - 1) >> shifts[0]; z++) {
                for (long y = first[1] >> shifts[1]; y <= (stop[1] - 1) >> shifts[1]; y++) {
                    for (long x = first[2] >> shifts[2]; x <= (stop[2] - 1) >> shifts[2]; x++) {
                        Cell cell = new Cell(z, y, x);
                        Cover cover = open.get(cell);
                        if (cover == null) {
                            cover = new Cover(
                                    i,
                                    shared(z, shifts[0], 0, counts[0])
                                            * shared(y, shifts[1], 0, counts[1])
                                            * shared(x, shifts[2], 0, counts[2]));
                            open.put(cell, cover);
                        }
                        cover.chunksLeft -= shared(z, shifts[0], first[0], stop[0])
                                * shared(y, shifts[1], first[1], stop[1])
                                * shared(x, shifts[2], first[2], stop[2]);
                        if (cover.chunksLeft == 0) {
                            open.remove(cell);
                            // unfinished from when it may first be begun ahead of its turn
                            change[Math.max(0, cover.firstRegion - window + 1)]++;
                            change[i + 1]--;
                        }
                    }
                }
            }
        }
        if (!open.isEmpty()) {
            throw new IllegalStateException(
                    "regions of " + region + " do not cover " + open.size() + " chunks of level " + number + " whole");
        }
    }

    /** Chunks of level 0 along an axis that lie both below chunk {@code index} and in [start, stop). */
    private static long shared(long index, int shift, long start, long stop) {
        return Math.min(stop, (index + 1) << shift) - Math.max(start, index << shift);
    }
}
