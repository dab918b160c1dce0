package io.voxelflight.ingestion.plan;

import io.voxelflight.blockio.encode.ZarrVolumeWriter;
import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a volume into regions that suit both ends: large enough that the source reads whole units (rows, pages, tiles)
 * once, small enough for the memory limit, in steps of the shard.
 */
public final class IngestPlanner {
    /** What a region grows to though the source would not need it: fewer, longer reads. */
    private static final long COMFORTABLE_REGION_BYTES = 32L << 20;

    /** The share of the limit that one region may take, at most. */
    private static final int REGION_SHARE = 4;

    private static final long MAX_REGION_BYTES = 1L << 30;

    /** Open shards cost a file handle each. */
    private static final int MAX_SHARDS_ACROSS = 128;

    private static final int MAX_WINDOW = 16;
    private static final long COMFORTABLE_READ_BYTES = 8L << 20;

    private final VolumeSpec spec;
    private final Pyramid pyramid;
    private final BlockShape readUnit;
    private final long memoryBytes;
    private final int workers;
    private long smallestNeed = Long.MAX_VALUE;

    private IngestPlanner(VolumeSpec spec, Pyramid pyramid, BlockShape readUnit, long memoryBytes, int workers) {
        this.spec = spec;
        this.pyramid = pyramid;
        this.readUnit = readUnit;
        this.memoryBytes = memoryBytes;
        this.workers = workers;
    }

    /**
     * Plans an ingestion.
     *
     * @param spec its levels are those of {@code pyramid}
     * @param readUnit what the source reads as one piece
     * @param memoryBytes the limit
     * @param workers threads that may run it; the plan takes fewer if memory for all is lacking
     * @throws ServiceException RESOURCE_EXHAUSTED if the limit is too small for even the smallest regions
     */
    public static IngestPlan plan(
            VolumeSpec spec, Pyramid pyramid, BlockShape readUnit, long memoryBytes, int workers) {
        return new IngestPlanner(spec, pyramid, readUnit, memoryBytes, workers).plan();
    }

    private IngestPlan plan() {
        for (int threads = workers; threads >= 1; threads /= 2) {
            IngestPlan plan = plan(threads);
            if (plan != null) {
                return plan;
            }
        }
        throw new ServiceException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "ingesting in chunks of " + spec.chunk() + " "
                        + spec.elementType().numpyName()
                        + " takes at least " + smallestNeed + " bytes, the memory limit is " + memoryBytes
                        + ": raise it, or choose smaller chunks");
    }

    /** The largest regions that fit, and as many of them as fit; null if not even single chunks do. */
    private @Nullable IngestPlan plan(int threads) {
        long regionLimit = Math.min(memoryBytes / REGION_SHARE, MAX_REGION_BYTES);
        while (true) {
            BlockShape region = region(regionLimit);
            RegionOrder order = new RegionOrder(pyramid, region);
            for (int window = Math.max(2, Math.min(2 * threads, MAX_WINDOW)); window >= 1; window /= 2) {
                long need = need(region, order, window, threads);
                smallestNeed = Math.min(smallestNeed, need);
                if (need <= memoryBytes) {
                    return new IngestPlan(spec, pyramid, region, order, window, threads, need, readPlanes(region));
                }
            }
            if (region.equals(spec.chunk())) {
                return null;
            }
            regionLimit = bytes(region) - 1;
        }
    }

    private long need(BlockShape region, RegionOrder order, int window, int threads) {
        long chunk = MemoryNeed.allocated(bytes(spec.chunk()));
        long worker = chunk + MemoryNeed.allocated(ZarrVolumeWriter.encoderBytes(spec));
        long unfinished = MemoryNeed.unfinishedChunks(pyramid, region, order, window);
        return window * MemoryNeed.allocated(bytes(region)) + threads * worker + unfinished * chunk;
    }

    /** Grows from one chunk: first until whole read units are covered, then to a comfortable size within the shard. */
    private BlockShape region(long limitBytes) {
        Extent volume = pyramid.levels().get(0).extent();
        BlockShape shard = ZarrVolumeWriter.shard(spec, spec.levels().get(0));
        BlockShape region = spec.chunk();
        for (char axis : new char[] {'x', 'y', 'z'}) {
            region = grow(region, axis, readUnit, volume, limitBytes);
        }
        for (char axis : new char[] {'x', 'y'}) {
            region = grow(region, axis, shard, volume, Math.min(limitBytes, COMFORTABLE_REGION_BYTES));
        }
        return region;
    }

    private BlockShape grow(BlockShape region, char axis, BlockShape goal, Extent volume, long limitBytes) {
        BlockShape grown = region;
        while (side(grown, axis) < Math.min(side(goal, axis), length(volume, axis))) {
            BlockShape next = next(grown, axis, volume);
            if (next == null || bytes(next) > limitBytes || shardsAcross(next) > MAX_SHARDS_ACROSS) {
                break;
            }
            grown = next;
        }
        return grown;
    }

    /** The next longer side: a divisor of the shard's, then multiples of it, at last the whole axis. */
    private @Nullable BlockShape next(BlockShape region, char axis, Extent volume) {
        int chunk = side(spec.chunk(), axis);
        int shardChunks = side(ZarrVolumeWriter.shard(spec, spec.levels().get(0)), axis) / chunk;
        long whole = Pyramid.ceilDiv(length(volume, axis), chunk);
        long now = side(region, axis) / chunk;
        long next;
        if (now >= shardChunks) {
            next = 2 * now;
        } else {
            next = now + 1;
            while (shardChunks % next != 0) {
                next++;
            }
        }
        long side = Math.min(next, whole) * chunk;
        if (side > Integer.MAX_VALUE) {
            return null;
        }
        int z = axis == 'z' ? (int) side : region.z();
        int y = axis == 'y' ? (int) side : region.y();
        int x = axis == 'x' ? (int) side : region.x();
        return (double) z * y * x > Integer.MAX_VALUE ? null : new BlockShape(z, y, x);
    }

    private long shardsAcross(BlockShape region) {
        BlockShape shard = ZarrVolumeWriter.shard(spec, spec.levels().get(0));
        return Pyramid.ceilDiv(region.z(), shard.z())
                * Pyramid.ceilDiv(region.y(), shard.y())
                * Pyramid.ceilDiv(region.x(), shard.x());
    }

    /** Whole read units, and enough of them that a read is worth its while. */
    private int readPlanes(BlockShape region) {
        long plane = (long) region.y() * region.x() * spec.elementType().bytes();
        long planes = Math.max(1, COMFORTABLE_READ_BYTES / plane);
        long unit = Math.min(readUnit.z(), region.z());
        return (int) Math.min(region.z(), Pyramid.ceilDiv(planes, unit) * unit);
    }

    private long bytes(BlockShape shape) {
        return (long) shape.voxels() * spec.elementType().bytes();
    }

    private static int side(BlockShape shape, char axis) {
        return axis == 'z' ? shape.z() : axis == 'y' ? shape.y() : shape.x();
    }

    private static long length(Extent extent, char axis) {
        return axis == 'z' ? extent.z() : axis == 'y' ? extent.y() : extent.x();
    }
}
