package io.voxelflight.ingestion.source.array;

import java.nio.ByteBuffer;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * Reads boxes of uncompressed voxels from a file into memory.
 *
 * <p>Where file and destination hold the voxels in the same order they go straight there, in runs as long as possible;
 * short rows with small gaps between them are read together. Where the orders differ, pieces of the file pass through
 * working memory. Sizes and strides are in (t, c, z, y, x) order, strides in bytes.
 */
public final class RawReader {
    /** Rows whose gaps are not longer than this are read together: a system call costs about as much as copying it. */
    private static final long GAP_BYTES = 8 << 10;

    private static final int SPAN_BYTES = 1 << 20;
    private static final int PIECE_BYTES = 8 << 20;
    private static final long READ_BYTES = 1 << 30;

    private final SourceFile file;
    private final int elementBytes;
    private final boolean bigEndian;
    private final Scratch scratch;

    public RawReader(SourceFile file, int elementBytes, boolean bigEndian, Scratch scratch) {
        this.file = file;
        this.elementBytes = elementBytes;
        this.bigEndian = bigEndian && elementBytes > 1;
        this.scratch = scratch;
    }

    /**
     * Reads a box.
     *
     * @param position of the box's first voxel in the file
     * @param destination address of its first voxel in memory, where {@code destinationStrides} have been checked to fit
     */
    public void read(long position, long[] fileStrides, long destination, long[] destinationStrides, long[] size) {
        boolean[] merged = new boolean[5];
        long run = Strided.mergeRuns(size, fileStrides, destinationStrides, elementBytes, merged);
        int fastest = Strided.fastest(size, fileStrides);
        if (fastest < 0 || merged[fastest]) {
            readRuns(0, position, fileStrides, destination, destinationStrides, size, merged, run);
        } else {
            readReordered(position, fileStrides, destination, destinationStrides, size);
        }
    }

    private void readRuns(
            int axis,
            long position,
            long[] fileStrides,
            long destination,
            long[] destinationStrides,
            long[] size,
            boolean[] merged,
            long run) {
        while (axis < 5 && merged[axis]) {
            axis++;
        }
        if (axis == 5) {
            readRun(position, destination, run);
            return;
        }
        boolean innermost = true;
        for (int inner = axis + 1; inner < 5; inner++) {
            innermost &= merged[inner];
        }
        long stride = fileStrides[axis];
        if (innermost && stride > run && stride - run <= GAP_BYTES && stride + run <= SPAN_BYTES) {
            readRows(position, stride, destination, destinationStrides[axis], size[axis], run);
            return;
        }
        for (long i = 0; i < size[axis]; i++) {
            readRuns(
                    axis + 1,
                    position + i * stride,
                    fileStrides,
                    destination + i * destinationStrides[axis],
                    destinationStrides,
                    size,
                    merged,
                    run);
        }
    }

    private void readRows(long position, long stride, long destination, long toStride, long rows, long run) {
        ByteBuffer span = scratch.take(SPAN_BYTES);
        try {
            long address = MemoryUtil.getByteBufferAddress(span);
            long atOnce = (SPAN_BYTES - run) / stride + 1;
            for (long row = 0; row < rows; row += atOnce) {
                long count = Math.min(atOnce, rows - row);
                span.clear().limit(Math.toIntExact((count - 1) * stride + run));
                file.read(position + row * stride, span);
                for (long i = 0; i < count; i++) {
                    long to = destination + (row + i) * toStride;
                    MemoryUtil.copyMemory(address + i * stride, to, run);
                    swap(to, run);
                }
            }
        } finally {
            scratch.giveBack(span);
        }
    }

    private void readRun(long position, long destination, long bytes) {
        for (long done = 0; done < bytes; done += READ_BYTES) {
            int count = (int) Math.min(READ_BYTES, bytes - done);
            file.read(position + done, MemoryUtil.directBuffer(destination + done, count));
        }
        swap(destination, bytes);
    }

    private void swap(long address, long bytes) {
        if (bigEndian) {
            Swap.swap(address, bytes, elementBytes);
        }
    }

    /**
     * Halves the box along the file's slowest axis until the file's bytes between its first and last voxel fit into
     * working memory and are mostly wanted, reads them and picks the voxels out.
     */
    private void readReordered(
            long position, long[] fileStrides, long destination, long[] destinationStrides, long[] size) {
        long span = elementBytes;
        long wanted = elementBytes;
        int slowest = -1;
        int longAxes = 0;
        for (int axis = 0; axis < 5; axis++) {
            wanted *= size[axis];
            span += (size[axis] - 1) * fileStrides[axis];
            if (size[axis] > 1) {
                longAxes++;
                if (slowest < 0 || fileStrides[axis] > fileStrides[slowest]) {
                    slowest = axis;
                }
            }
        }
        if (span > PIECE_BYTES || (span > SPAN_BYTES / 16 && longAxes > 1 && span / 4 > wanted)) {
            long half = size[slowest] / 2;
            long[] first = size.clone();
            first[slowest] = half;
            read(position, fileStrides, destination, destinationStrides, first);
            long[] second = size.clone();
            second[slowest] = size[slowest] - half;
            read(
                    position + half * fileStrides[slowest],
                    fileStrides,
                    destination + half * destinationStrides[slowest],
                    destinationStrides,
                    second);
            return;
        }
        ByteBuffer piece = scratch.take((int) span);
        try {
            long address = MemoryUtil.getByteBufferAddress(piece);
            file.read(position, piece);
            swap(address, span);
            Strided.copy(address, fileStrides, destination, destinationStrides, size, elementBytes);
        } finally {
            scratch.giveBack(piece);
        }
    }
}
