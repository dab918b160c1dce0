package io.voxelflight.ingestion.run;

import io.voxelflight.model.BlockShape;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.ArrowBuf;

/**
 * The valid voxels of a chunk in memory: those from its first voxel on that lie inside the volume. They are gone through
 * as runs of voxels that lie one behind the other: planes where the chunk is whole, else rows.
 *
 * @param voxels a whole chunk of {@code shape}, C order
 */
record ChunkView(ArrowBuf voxels, BlockShape shape, int elementBytes, int sizeZ, int sizeY, int sizeX) {
    ChunkView {
        if (sizeZ < 1 || sizeZ > shape.z() || sizeY < 1 || sizeY > shape.y() || sizeX < 1 || sizeX > shape.x()) {
            throw new IllegalArgumentException(
                    sizeZ + "x" + sizeY + "x" + sizeX + " voxels do not lie in a chunk of " + shape);
        }
        if (voxels.capacity() < (long) shape.voxels() * elementBytes) {
            throw new IllegalArgumentException("a buffer of " + voxels.capacity() + " bytes is no chunk of " + shape);
        }
    }

    int count() {
        return sizeZ * sizeY * sizeX;
    }

    private boolean planes() {
        return sizeY == shape.y() && sizeX == shape.x();
    }

    int runs() {
        return planes() ? sizeZ : sizeZ * sizeY;
    }

    /** Voxels of a run. */
    int runLength() {
        return planes() ? sizeY * sizeX : sizeX;
    }

    /** The address of a run's first voxel. */
    long run(int number) {
        return planes() ? row(number, 0) : row(number / sizeY, number % sizeY);
    }

    /** The address of the first voxel of row (z, y). */
    long row(int z, int y) {
        return voxels.memoryAddress() + ((long) z * shape.y() + y) * shape.x() * elementBytes;
    }

    /** CRC-32C of the valid voxels in C order. */
    int checksum() {
        CRC32C crc = new CRC32C();
        ByteBuffer bytes = voxels.nioBuffer(0, Math.toIntExact((long) shape.voxels() * elementBytes));
        int length = runLength() * elementBytes;
        for (int i = 0; i < runs(); i++) {
            int from = (int) (run(i) - voxels.memoryAddress());
            bytes.limit(from + length).position(from);
            crc.update(bytes);
        }
        return (int) crc.getValue();
    }
}
