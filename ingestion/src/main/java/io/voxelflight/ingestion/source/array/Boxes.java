package io.voxelflight.ingestion.source.array;

import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import org.apache.arrow.memory.ArrowBuf;

/** Boxes as arrays in (t, c, z, y, x) order, checked. */
public final class Boxes {
    /** Rows of raw files are read in runs of about this many bytes. */
    private static final int RUN_BYTES = 64 << 10;

    private Boxes() {}

    /**
     * The size of a box that lies inside a volume and fits into a buffer.
     *
     * @throws ServiceException INVALID_ARGUMENT if it does not lie inside
     * @throws IndexOutOfBoundsException if the buffer is too small
     */
    public static long[] check(Box box, Extent volume, int elementBytes, ArrowBuf destination) {
        if (!Box.of(volume).contains(box)) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "box " + box + " is not inside the volume of " + volume + " voxels");
        }
        destination.checkBytes(0, box.extent().voxels() * elementBytes);
        return lengths(box.extent());
    }

    public static long[] lengths(Extent extent) {
        long[] lengths = new long[5];
        for (Axis axis : Axis.values()) {
            lengths[axis.ordinal()] = extent.along(axis);
        }
        return lengths;
    }

    /** The unit of a raw file: a row or a good part of one along its fastest axis. */
    public static BlockShape rawUnit(Extent extent, long[] strides, int elementBytes) {
        long[] unit = {1, 1, 1, 1, 1};
        int fastest = Strided.fastest(lengths(extent), strides);
        if (fastest >= 0) {
            unit[fastest] = Math.min(extent.along(Axis.values()[fastest]), RUN_BYTES / elementBytes);
        }
        return new BlockShape((int) unit[2], (int) unit[3], (int) unit[4]);
    }
}
