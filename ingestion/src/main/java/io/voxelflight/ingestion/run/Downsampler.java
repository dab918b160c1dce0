package io.voxelflight.ingestion.run;

import io.voxelflight.ingestion.plan.Step;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.VolumeKind;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Makes the voxels of the next coarser level from those of a chunk. A coarse voxel covers 1, 2, 4 or 8 fine ones; at an
 * odd edge those that are there. For one thread.
 */
abstract class Downsampler {
    private final int bytes;
    private final long[] rows = new long[4];

    Downsampler(ElementType type) {
        this.bytes = type.bytes();
    }

    static Downsampler of(ElementType type, VolumeKind kind) {
        if (kind == VolumeKind.LABELS) {
            return new LabelMode(type);
        }
        return switch (type) {
            case UINT8 -> new ByteMean();
            case INT8, UINT16, INT16, UINT32, INT32 -> new IntegerMean(type);
            case UINT64, INT64 -> new LongMean(type);
            case FLOAT16, FLOAT32, FLOAT64 -> new FloatMean(type);
        };
    }

    /**
     * Writes what the valid voxels of {@code fine} become into a coarse chunk of the same shape.
     *
     * @param z first voxel to write, inside the coarse chunk; likewise y and x
     */
    final void reduce(ChunkView fine, Step step, ArrowBuf coarse, int z, int y, int x) {
        BlockShape shape = fine.shape();
        int sizeZ = (fine.sizeZ() + step.z() - 1) / step.z();
        int sizeY = (fine.sizeY() + step.y() - 1) / step.y();
        int sizeX = (fine.sizeX() + step.x() - 1) / step.x();
        if (coarse.capacity() < (long) shape.voxels() * bytes
                || z + sizeZ > shape.z()
                || y + sizeY > shape.y()
                || x + sizeX > shape.x()) {
            throw new IllegalArgumentException("a coarse chunk of " + shape + " does not hold " + sizeZ + "x" + sizeY
                    + "x" + sizeX + " voxels from (" + z + ", " + y + ", " + x + ") on");
        }
        for (int i = 0; i < sizeZ; i++) {
            for (int j = 0; j < sizeY; j++) {
                int count = 0;
                for (int dz = 0; dz < step.z() && i * step.z() + dz < fine.sizeZ(); dz++) {
                    for (int dy = 0; dy < step.y() && j * step.y() + dy < fine.sizeY(); dy++) {
                        rows[count++] = fine.row(i * step.z() + dz, j * step.y() + dy);
                    }
                }
                long target = coarse.memoryAddress() + (((long) (z + i) * shape.y() + y + j) * shape.x() + x) * bytes;
                if (step.x() == 1) {
                    row(rows, count, 1, fine.sizeX(), target);
                } else {
                    int pairs = fine.sizeX() / 2;
                    row(rows, count, 2, pairs, target);
                    if (pairs < sizeX) { // one fine voxel alone at the edge
                        for (int r = 0; r < count; r++) {
                            rows[r] += 2L * pairs * bytes;
                        }
                        row(rows, count, 1, 1, target + (long) pairs * bytes);
                    }
                }
            }
        }
    }

    /**
     * Makes a row of coarse voxels.
     *
     * @param rows addresses of the first {@code count} (1, 2 or 4) rows of fine voxels
     * @param across fine voxels along x for each coarse one: 1 or 2
     * @param length coarse voxels
     */
    abstract void row(long[] rows, int count, int across, int length, long target);

    /** Binary logarithm of 1, 2, 4 or 8. */
    static int log2(int powerOfTwo) {
        return Integer.numberOfTrailingZeros(powerOfTwo);
    }
}
