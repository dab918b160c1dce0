package io.voxelflight.ingestion.source.array;

import org.apache.arrow.memory.util.MemoryUtil;

/**
 * Copies boxes of voxels between two places in memory whose axes may lie in different orders.
 *
 * <p>Sizes and strides are in (t, c, z, y, x) order, strides in bytes. Callers have checked that all of it lies inside
 * the two places.
 */
public final class Strided {
    private static final int TILE = 32;

    private Strided() {}

    /** The strides of a C-order box of this size. */
    public static long[] packed(long[] size, int elementBytes) {
        return StoredShape.rowMajor(size, elementBytes);
    }

    public static void copy(
            long source, long[] sourceStrides, long destination, long[] destinationStrides, long[] size, int bytes) {
        int run = fastest(size, destinationStrides);
        if (run < 0) {
            copyRun(source, destination, bytes);
            return;
        }
        if (destinationStrides[run] == bytes && sourceStrides[run] == bytes) {
            boolean[] merged = new boolean[5];
            long runBytes = mergeRuns(size, sourceStrides, destinationStrides, bytes, merged);
            copyRuns(0, source, sourceStrides, destination, destinationStrides, size, merged, runBytes);
            return;
        }
        int other = fastest(size, sourceStrides);
        if (other == run) { // one axis only, or strided along the same axis
            other = fastestExcept(size, destinationStrides, run);
        }
        transpose(0, source, sourceStrides, destination, destinationStrides, size, run, other, bytes);
    }

    /** Fills a box with one voxel's bytes. */
    public static void fill(long destination, long[] destinationStrides, long[] size, byte[] value) {
        fill(0, destination, destinationStrides, size, value);
    }

    private static void fill(int axis, long destination, long[] strides, long[] size, byte[] value) {
        if (axis == 4 && strides[4] == value.length) {
            fillRun(destination, size[4], value);
            return;
        }
        if (axis == 5) {
            fillRun(destination, 1, value);
            return;
        }
        for (long i = 0; i < size[axis]; i++) {
            fill(axis + 1, destination + i * strides[axis], strides, size, value);
        }
    }

    private static void fillRun(long destination, long count, byte[] value) {
        if (value.length == 1) {
            MemoryUtil.setMemory(destination, count, value[0]);
            return;
        }
        MemoryUtil.copyToMemory(value, 0, destination, value.length);
        long filled = value.length;
        long bytes = count * value.length;
        while (filled < bytes) { // doubles what is there
            long more = Math.min(filled, bytes - filled);
            MemoryUtil.copyMemory(destination, destination + filled, more);
            filled += more;
        }
    }

    /**
     * Joins the axes along which both places hold the voxels without gaps.
     *
     * @param merged set for the axes that a run covers; axes of length 1 too
     * @return bytes of a run
     */
    static long mergeRuns(long[] size, long[] a, long[] b, int elementBytes, boolean[] merged) {
        long run = elementBytes;
        boolean grown = true;
        while (grown) {
            grown = false;
            for (int axis = 4; axis >= 0; axis--) {
                if (!merged[axis] && (size[axis] == 1 || (a[axis] == run && b[axis] == run))) {
                    merged[axis] = true;
                    run *= size[axis];
                    grown = true;
                }
            }
        }
        return run;
    }

    /** The axis longer than 1 with the smallest stride; -1 if there is none. */
    static int fastest(long[] size, long[] strides) {
        return fastestExcept(size, strides, -1);
    }

    private static int fastestExcept(long[] size, long[] strides, int except) {
        int best = -1;
        for (int axis = 4; axis >= 0; axis--) {
            if (axis != except && size[axis] > 1 && (best < 0 || strides[axis] < strides[best])) {
                best = axis;
            }
        }
        return best;
    }

    private static void copyRuns(
            int axis,
            long source,
            long[] sourceStrides,
            long destination,
            long[] destinationStrides,
            long[] size,
            boolean[] merged,
            long runBytes) {
        while (axis < 5 && merged[axis]) {
            axis++;
        }
        if (axis == 5) {
            copyRun(source, destination, runBytes);
            return;
        }
        for (long i = 0; i < size[axis]; i++) {
            copyRuns(
                    axis + 1,
                    source + i * sourceStrides[axis],
                    sourceStrides,
                    destination + i * destinationStrides[axis],
                    destinationStrides,
                    size,
                    merged,
                    runBytes);
        }
    }

    private static void copyRun(long source, long destination, long bytes) {
        MemoryUtil.copyMemory(source, destination, bytes);
    }

    private static void transpose(
            int axis,
            long source,
            long[] sourceStrides,
            long destination,
            long[] destinationStrides,
            long[] size,
            int run,
            int other,
            int bytes) {
        while (axis < 5 && (axis == run || axis == other)) {
            axis++;
        }
        if (axis < 5) {
            for (long i = 0; i < size[axis]; i++) {
                transpose(
                        axis + 1,
                        source + i * sourceStrides[axis],
                        sourceStrides,
                        destination + i * destinationStrides[axis],
                        destinationStrides,
                        size,
                        run,
                        other,
                        bytes);
            }
            return;
        }
        long runs = size[run];
        long others = other < 0 ? 1 : size[other];
        long sourceRun = sourceStrides[run];
        long destinationRun = destinationStrides[run];
        long sourceOther = other < 0 ? 0 : sourceStrides[other];
        long destinationOther = other < 0 ? 0 : destinationStrides[other];
        for (long o = 0; o < others; o += TILE) {
            long oEnd = Math.min(others, o + TILE);
            for (long r = 0; r < runs; r += TILE) {
                long count = Math.min(runs, r + TILE) - r;
                for (long i = o; i < oEnd; i++) {
                    copyElements(
                            source + i * sourceOther + r * sourceRun,
                            sourceRun,
                            destination + i * destinationOther + r * destinationRun,
                            destinationRun,
                            count,
                            bytes);
                }
            }
        }
    }

    private static void copyElements(
            long source, long sourceStride, long destination, long destinationStride, long count, int bytes) {
        switch (bytes) {
            case 1 -> {
                for (long i = 0; i < count; i++) {
                    MemoryUtil.putByte(
                            destination + i * destinationStride, MemoryUtil.getByte(source + i * sourceStride));
                }
            }
            case 2 -> {
                for (long i = 0; i < count; i++) {
                    MemoryUtil.putShort(
                            destination + i * destinationStride, MemoryUtil.getShort(source + i * sourceStride));
                }
            }
            case 4 -> {
                for (long i = 0; i < count; i++) {
                    MemoryUtil.putInt(
                            destination + i * destinationStride, MemoryUtil.getInt(source + i * sourceStride));
                }
            }
            case 8 -> {
                for (long i = 0; i < count; i++) {
                    MemoryUtil.putLong(
                            destination + i * destinationStride, MemoryUtil.getLong(source + i * sourceStride));
                }
            }
            default -> throw new IllegalArgumentException("elements of " + bytes + " bytes");
        }
    }
}
