package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * Finds the smallest box around the voxels of a chunk that are not 0. Only what could still widen the box is looked at,
 * which in a chunk full of voxels is next to nothing.
 */
final class NonzeroBox {
    private final int bytes;
    private final Elements elements;
    /** The bits that make a voxel nonzero: all but a float's sign. */
    private final long elementMask;

    private final long wordMask;

    int startZ;
    int startY;
    int startX;
    int stopZ;
    int stopY;
    int stopX;

    NonzeroBox(ElementType type) {
        this.bytes = type.bytes();
        this.elements = Elements.of(type);
        long mask = bytes == 8 ? -1 : (1L << (8 * bytes)) - 1;
        this.elementMask = type.isFloat() ? mask >>> 1 : mask;
        long word = 0;
        for (int i = 0; i < 8; i += bytes) {
            word |= elementMask << (8 * i);
        }
        this.wordMask = word;
    }

    /** @return whether any voxel is not 0 */
    boolean find(ChunkView chunk) {
        startZ = Integer.MAX_VALUE;
        startY = Integer.MAX_VALUE;
        startX = Integer.MAX_VALUE;
        stopZ = 0;
        stopY = 0;
        stopX = 0;
        for (int z = 0; z < chunk.sizeZ(); z++) {
            for (int y = 0; y < chunk.sizeY(); y++) {
                row(chunk, z, y);
            }
        }
        return stopZ > 0;
    }

    private void row(ChunkView chunk, int z, int y) {
        long row = chunk.row(z, y);
        boolean any = false;
        int first = first(row, 0, Math.min(startX, chunk.sizeX()));
        if (first >= 0) {
            startX = first;
            any = true;
        }
        int last = last(row, stopX, chunk.sizeX());
        if (last >= 0) {
            stopX = last + 1;
            any = true;
        }
        boolean widens = z < startZ || z >= stopZ || y < startY || y >= stopY;
        if (widens && (any || first(row, Math.min(startX, chunk.sizeX()), stopX) >= 0)) {
            startZ = Math.min(startZ, z);
            stopZ = Math.max(stopZ, z + 1);
            startY = Math.min(startY, y);
            stopY = Math.max(stopY, y + 1);
        }
    }

    private int first(long row, int from, int to) {
        int x = from;
        int step = 8 / bytes;
        for (; x + step <= to; x += step) {
            long word = MemoryUtil.getLong(row + (long) x * bytes) & wordMask;
            if (word != 0) {
                return x + Long.numberOfTrailingZeros(word) / (8 * bytes);
            }
        }
        for (; x < to; x++) {
            if ((elements.integer(row + (long) x * bytes) & elementMask) != 0) {
                return x;
            }
        }
        return -1;
    }

    private int last(long row, int from, int to) {
        int x = to;
        int step = 8 / bytes;
        for (; x - step >= from; x -= step) {
            long word = MemoryUtil.getLong(row + (long) (x - step) * bytes) & wordMask;
            if (word != 0) {
                return x - 1 - Long.numberOfLeadingZeros(word) / (8 * bytes);
            }
        }
        for (; x > from; x--) {
            if ((elements.integer(row + (long) (x - 1) * bytes) & elementMask) != 0) {
                return x - 1;
            }
        }
        return -1;
    }
}
