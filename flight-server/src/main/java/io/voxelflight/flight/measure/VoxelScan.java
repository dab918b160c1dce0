package io.voxelflight.flight.measure;

import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Reads voxels of a level piece by piece, one piece in memory, and counts what it reads against the limits. */
final class VoxelScan {
    /** Pieces are cubes of that side, at multiples of it: what chunks mostly are. */
    static final int SIDE = 128;

    /** Takes voxels along x; {@code first} is the position of the first one. */
    @FunctionalInterface
    interface Rows {
        void row(Point first, VoxelRow row, int count);
    }

    private final ArrayReader array;
    private final BufferAllocator memory;
    private final MeasureLimits limits;
    private final Cancellation cancellation;
    private final long deadline;
    private final VoxelRow row;
    private long read;

    VoxelScan(ArrayReader array, BufferAllocator memory, MeasureLimits limits, Cancellation cancellation) {
        this.array = array;
        this.memory = memory;
        this.limits = limits;
        this.cancellation = cancellation;
        this.deadline = System.nanoTime() + limits.time().toNanos();
        this.row = new VoxelRow(array.elementType(), SIDE);
    }

    /** Voxels that were read so far. */
    long voxels() {
        return read;
    }

    /**
     * Hands over all voxels of a box.
     *
     * @throws ServiceException RESOURCE_EXHAUSTED if more than the limit would be read; TIMED_OUT; CANCELLED
     */
    void scan(Box box, Rows rows) {
        Extent size = box.extent();
        if ((double) (read + size.voxels()) * array.elementType().bytes() > limits.voxelBytes()) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "more than " + (limits.voxelBytes() >> 20) + " MiB of voxels would have to be read for it (those"
                            + " of each chunk without statistics, or only partly inside the box): ask for a smaller box,"
                            + " one that begins and ends with chunks, or a coarser level");
        }
        Point start = box.start();
        Point stop = box.stop();
        for (long t = start.t(); t < stop.t(); t++) {
            for (long c = start.c(); c < stop.c(); c++) {
                for (long z = start.z(); z < stop.z(); z = next(z, stop.z())) {
                    for (long y = start.y(); y < stop.y(); y = next(y, stop.y())) {
                        for (long x = start.x(); x < stop.x(); x = next(x, stop.x())) {
                            piece(
                                    new Point(t, c, z, y, x),
                                    new BlockShape((int) (next(z, stop.z()) - z), (int) (next(y, stop.y()) - y), (int)
                                            (next(x, stop.x()) - x)),
                                    rows);
                        }
                    }
                }
            }
        }
    }

    private static long next(long at, long stop) {
        return Math.min(stop, (at / SIDE + 1) * SIDE);
    }

    private void piece(Point origin, BlockShape shape, Rows rows) {
        check();
        int bytes = array.elementType().bytes();
        try (ArrowBuf block = array.readBlock(origin, shape, memory, cancellation)) {
            ByteBuffer voxels = block.nioBuffer(0, shape.voxels() * bytes).order(ByteOrder.LITTLE_ENDIAN);
            int at = 0;
            for (int z = 0; z < shape.z(); z++) {
                for (int y = 0; y < shape.y(); y++) {
                    row.unpack(voxels, at, shape.x());
                    rows.row(origin.plus(Point.zyx(z, y, 0)), row, shape.x());
                    at += shape.x() * bytes;
                }
            }
        }
        read += shape.voxels();
    }

    /** @throws ServiceException CANCELLED; TIMED_OUT */
    void check() {
        cancellation.throwIfCancelled();
        if (System.nanoTime() - deadline > 0) {
            throw new ServiceException(
                    ErrorCode.TIMED_OUT,
                    "it took longer than " + limits.time().toSeconds()
                            + " s: ask for a smaller box, or a coarser level");
        }
    }
}
