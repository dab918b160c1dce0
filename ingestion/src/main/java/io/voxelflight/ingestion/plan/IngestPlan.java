package io.voxelflight.ingestion.plan;

import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;

/**
 * What shall be written, and the regions of level 0 in the order in which they are read. Regions are whole chunks, cover
 * the volume once and never span time points or channels.
 */
public final class IngestPlan {
    private final VolumeSpec spec;
    private final Pyramid pyramid;
    private final BlockShape region;
    private final RegionOrder order;
    private final int window;
    private final int workers;
    private final long memoryBytes;
    private final int readPlanes;

    IngestPlan(
            VolumeSpec spec,
            Pyramid pyramid,
            BlockShape region,
            RegionOrder order,
            int window,
            int workers,
            long memoryBytes,
            int readPlanes) {
        this.spec = spec;
        this.pyramid = pyramid;
        this.region = region;
        this.order = order;
        this.window = window;
        this.workers = workers;
        this.memoryBytes = memoryBytes;
        this.readPlanes = readPlanes;
    }

    public VolumeSpec spec() {
        return spec;
    }

    public Pyramid pyramid() {
        return pyramid;
    }

    /** Voxels of a region away from the edge. */
    public BlockShape regionShape() {
        return region;
    }

    /** How many regions may be unfinished at once. */
    public int window() {
        return window;
    }

    /** How many threads run it. */
    public int workers() {
        return workers;
    }

    /** The most memory that running the plan takes. */
    public long memoryBytes() {
        return memoryBytes;
    }

    /** Planes (z) that one read takes, from multiples of this number on. */
    public int readPlanes() {
        return readPlanes;
    }

    /** How many regions there are, all time points and channels together. */
    public long regions() {
        Extent extent = spec.levels().get(0).extent();
        return Math.multiplyExact(order.size(), Math.multiplyExact(extent.t(), extent.c()));
    }

    /** The voxels of a region, those inside the volume. */
    public Box region(long number) {
        Extent extent = spec.levels().get(0).extent();
        long[] chunk = order.firstChunk((int) (number % order.size()));
        long volume = number / order.size();
        Point start = new Point(
                volume / extent.c(),
                volume % extent.c(),
                chunk[0] * spec.chunk().z(),
                chunk[1] * spec.chunk().y(),
                chunk[2] * spec.chunk().x());
        return Box.at(start, region).intersection(Box.of(extent));
    }
}
