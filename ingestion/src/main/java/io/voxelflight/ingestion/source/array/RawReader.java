package io.voxelflight.ingestion.source.array;

import java.nio.ByteBuffer;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * Reads boxes of uncompressed voxels from a file into memory.
 *
 * <p>Long runs that lie alike in the file and in the destination go straight there. Everything else passes through
 * working memory: what is close together in the file is read at once, gaps included, and then put in its place, in
 * another order of axes if need be. Sizes and strides are in (t, c, z, y, x) order, strides in bytes.
 */
public final class RawReader {
    /** Runs of this length go straight to the destination. */
    private static final long DIRECT_BYTES = 32 << 10;

    /** Gaps up to this length are read over: a system call costs about as much as copying them. */
    private static final long GAP_BYTES = 8 << 10;

    /** Of working memory where the order stays: what is read is still in the processor's cache when it is copied. */
    private static final int PIECE_BYTES = 256 << 10;

    /** Of working memory where the order changes: the longer, the more neighbours are put side by side. */
    private static final int REORDERED_BYTES = 4 << 20;

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
        if (fastest < 0 || (merged[fastest] && (run >= DIRECT_BYTES || isWhole(merged)))) {
            readRuns(0, position, fileStrides, destination, destinationStrides, size, merged, run);
            return;
        }
        boolean[] joined = new boolean[5];
        int piece = merged[fastest] ? PIECE_BYTES : REORDERED_BYTES;
        long span = joinSpans(size, fileStrides, joined, piece);
        int next = slowerThan(joined, size, fileStrides);
        readSpans(0, position, fileStrides, destination, destinationStrides, size, joined, span, next, piece);
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
        for (long i = 0; i < size[axis]; i++) {
            readRuns(
                    axis + 1,
                    position + i * fileStrides[axis],
                    fileStrides,
                    destination + i * destinationStrides[axis],
                    destinationStrides,
                    size,
                    merged,
                    run);
        }
    }

    private void readRun(long position, long destination, long bytes) {
        for (long done = 0; done < bytes; done += READ_BYTES) {
            int count = (int) Math.min(READ_BYTES, bytes - done);
            file.read(position + done, MemoryUtil.directBuffer(destination + done, count));
        }
        swap(destination, bytes);
    }

    /**
     * Joins the file's axes, fastest first, as long as the gaps between neighbours are short and a piece is not too long.
     *
     * @param joined set for the axes that a span covers; axes of length 1 too
     * @return bytes from the first to the last voxel of a span
     */
    private long joinSpans(long[] size, long[] fileStrides, boolean[] joined, int pieceBytes) {
        long span = elementBytes;
        for (int axis = 0; axis < 5; axis++) {
            joined[axis] = size[axis] == 1;
        }
        while (true) {
            int axis = slowerThan(joined, size, fileStrides);
            if (axis < 0
                    || fileStrides[axis] - span > GAP_BYTES
                    || (size[axis] - 1) * fileStrides[axis] + span > pieceBytes) {
                return span;
            }
            span += (size[axis] - 1) * fileStrides[axis];
            joined[axis] = true;
        }
    }

    /** The fastest of the file's axes that are not joined; -1 if all are. */
    private static int slowerThan(boolean[] joined, long[] size, long[] fileStrides) {
        int best = -1;
        for (int axis = 4; axis >= 0; axis--) {
            if (!joined[axis] && size[axis] > 1 && (best < 0 || fileStrides[axis] < fileStrides[best])) {
                best = axis;
            }
        }
        return best;
    }

    /** Loops over the axes that are neither joined nor {@code next}; along that many spans are read before a copy. */
    private void readSpans(
            int axis,
            long position,
            long[] fileStrides,
            long destination,
            long[] destinationStrides,
            long[] size,
            boolean[] joined,
            long span,
            int next,
            int pieceBytes) {
        while (axis < 5 && (joined[axis] || axis == next)) {
            axis++;
        }
        if (axis < 5) {
            for (long i = 0; i < size[axis]; i++) {
                readSpans(
                        axis + 1,
                        position + i * fileStrides[axis],
                        fileStrides,
                        destination + i * destinationStrides[axis],
                        destinationStrides,
                        size,
                        joined,
                        span,
                        next,
                        pieceBytes);
            }
            return;
        }
        long rows = next < 0 ? 1 : size[next];
        long stride = next < 0 ? span : fileStrides[next];
        boolean close = stride - span <= GAP_BYTES; // then only the length of a piece kept them apart
        long kept = close ? stride : roundUp(span);
        long atOnce = Math.max(1, Math.min(rows, (pieceBytes - span) / kept + 1));
        ByteBuffer piece = scratch.take(Math.toIntExact((atOnce - 1) * kept + span));
        try {
            long address = MemoryUtil.getByteBufferAddress(piece);
            long[] pieceStrides = fileStrides.clone();
            long[] pieceSize = size.clone();
            for (int other = 0; other < 5; other++) {
                pieceSize[other] = joined[other] ? size[other] : 1;
            }
            for (long row = 0; row < rows; row += atOnce) {
                long count = Math.min(atOnce, rows - row);
                if (close) {
                    readPiece(piece, position + row * stride, 0, (count - 1) * kept + span);
                } else {
                    for (long i = 0; i < count; i++) {
                        readPiece(piece, position + (row + i) * stride, i * kept, span);
                    }
                }
                if (next >= 0) {
                    pieceStrides[next] = kept;
                    pieceSize[next] = count;
                }
                long to = destination + (next < 0 ? 0 : row * destinationStrides[next]);
                Strided.copy(address, pieceStrides, to, destinationStrides, pieceSize, elementBytes);
            }
        } finally {
            scratch.giveBack(piece);
        }
    }

    private void readPiece(ByteBuffer piece, long position, long at, long bytes) {
        file.read(position, piece.clear().position((int) at).limit((int) (at + bytes)));
        swap(MemoryUtil.getByteBufferAddress(piece) + at, bytes);
    }

    private void swap(long address, long bytes) {
        if (bigEndian) {
            Swap.swap(address, bytes, elementBytes);
        }
    }

    private static boolean isWhole(boolean[] merged) {
        for (boolean each : merged) {
            if (!each) {
                return false;
            }
        }
        return true;
    }

    private static long roundUp(long bytes) {
        return (bytes + 7) & ~7L;
    }
}
