package io.voxelflight.ingestion.source.array;

import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/** A volume that is stored in units of one shape, such as chunks or tiles. */
public final class ChunkedVolume implements VolumeSource {
    /** The largest unit that is decompressed as one piece. */
    public static final long MAX_UNIT_BYTES = 1L << 30;

    private final SourceDescription description;
    private final StoredShape shape;
    private final long[] unit;
    private final long[] unitStrides;
    private final long[] grid;
    private final byte[] fill;
    private final Units units;
    private final @Nullable RawReader raw;
    private final UnitCache cache;
    private final int bytes;

    /**
     * @param unit lengths of a unit along the stored axes
     * @param fill the bytes of a voxel that is not stored
     * @param units this volume's to close
     * @param raw reads units that have a {@link Units#rawPosition}; null if none has
     */
    public ChunkedVolume(
            SourceDescription description,
            StoredShape shape,
            long[] unit,
            byte[] fill,
            Units units,
            @Nullable RawReader raw,
            long cacheBytes) {
        this.description = description;
        this.shape = shape;
        this.bytes = description.elementType().bytes();
        this.unit = unit.clone();
        this.unitStrides = shape.canonical(StoredShape.rowMajor(unit, bytes), 0);
        this.grid = new long[unit.length];
        for (int i = 0; i < unit.length; i++) {
            grid[i] = (shape.length(i) - 1) / unit[i] + 1;
        }
        this.fill = fill.clone();
        this.units = units;
        this.raw = raw;
        this.cache = new UnitCache((int) unitBytes("a unit", unit, bytes), cacheBytes);
    }

    /**
     * The bytes of a unit.
     *
     * @param what names it in messages
     * @throws ServiceException RESOURCE_EXHAUSTED if it is too large to be held in memory
     */
    public static long unitBytes(String what, long[] unit, int elementBytes) {
        double size = elementBytes;
        long exact = elementBytes;
        for (long length : unit) {
            size *= length;
            exact *= length;
        }
        if (size > MAX_UNIT_BYTES) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    what + " of " + StoredShape.shape(unit) + " voxels is over the limit of " + (MAX_UNIT_BYTES >> 20)
                            + " MiB: store the data in smaller pieces");
        }
        return exact;
    }

    /** What the description says as read unit. */
    public static BlockShape readUnit(StoredShape shape, long[] unit) {
        long[] inside = new long[unit.length];
        for (int i = 0; i < unit.length; i++) {
            inside[i] = Math.min(unit[i], shape.length(i));
        }
        long[] canonical = shape.canonical(inside, 1);
        return new BlockShape((int) canonical[2], (int) canonical[3], (int) canonical[4]);
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    /** How many units were decompressed since the volume was opened. */
    public long decodedUnits() {
        return cache.decoded();
    }

    @Override
    public void read(Box box, ArrowBuf destination) {
        long[] size = Boxes.check(box, description.extent(), bytes, destination);
        if (box.isEmpty()) {
            return;
        }
        long[] strides = Strided.packed(size, bytes);
        int rank = shape.rank();
        long[] start = new long[rank];
        long[] stop = new long[rank];
        long[] first = new long[rank];
        for (int i = 0; i < rank; i++) {
            Axis axis = shape.axis(i);
            start[i] = box.start().along(axis);
            stop[i] = box.stop().along(axis);
            first[i] = start[i] / unit[i];
        }
        long[] at = first.clone();
        while (true) {
            readUnit(at, start, stop, destination.memoryAddress(), strides);
            int axis = rank - 1;
            while (axis >= 0 && (at[axis] + 1) * unit[axis] >= stop[axis]) {
                at[axis] = first[axis];
                axis--;
            }
            if (axis < 0) {
                return;
            }
            at[axis]++;
        }
    }

    private void readUnit(long[] at, long[] start, long[] stop, long destination, long[] strides) {
        int rank = at.length;
        long[] inUnit = new long[rank];
        long[] inBox = new long[rank];
        long[] storedSize = new long[rank];
        boolean whole = true;
        for (int i = 0; i < rank; i++) {
            long unitStart = at[i] * unit[i];
            long unitStop = Math.min(unitStart + unit[i], shape.length(i));
            long from = Math.max(unitStart, start[i]);
            long to = Math.min(unitStop, stop[i]);
            inUnit[i] = from - unitStart;
            inBox[i] = from - start[i];
            storedSize[i] = to - from;
            whole &= from == unitStart && to == unitStop;
        }
        long[] size = shape.canonical(storedSize, 1);
        long to = destination + offset(shape.canonical(inBox, 0), strides);
        long skipped = offset(shape.canonical(inUnit, 0), unitStrides);
        if (!units.isStored(at)) {
            Strided.fill(to, strides, size, fill);
            return;
        }
        long position = raw == null ? -1 : units.rawPosition(at);
        if (raw != null && position >= 0) {
            raw.read(position + skipped, unitStrides, to, strides, size);
            return;
        }
        try (UnitCache.Lease lease = cache.acquire(ordinal(at), slot -> units.decode(at, slot))) {
            Strided.copy(lease.address() + skipped, unitStrides, to, strides, size, bytes);
            if (whole) {
                lease.spent();
            }
        }
    }

    private long ordinal(long[] at) {
        long ordinal = 0;
        for (int i = 0; i < at.length; i++) {
            ordinal = ordinal * grid[i] + at[i];
        }
        return ordinal;
    }

    private static long offset(long[] position, long[] strides) {
        long offset = 0;
        for (int i = 0; i < 5; i++) {
            offset += position[i] * strides[i];
        }
        return offset;
    }

    @Override
    public void close() {
        units.close();
    }

    /** For messages. */
    @Override
    public String toString() {
        return description.format() + " in units of " + Arrays.toString(unit);
    }
}
