package io.voxelflight.blockio.encode;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Turns decoded chunks into stored ones, with a codec context and a scratch buffer that are reused. For one thread. */
public interface ChunkEncoder extends AutoCloseable {
    /**
     * An encoder of Zstandard frames without anything around them, which Zarr v2 and v3 both read.
     *
     * @param chunkBytes decoded bytes of a whole chunk
     * @param level 1 to 22
     * @param fillValue one voxel, little-endian
     * @param allocator accounts for the scratch buffer, of {@link #scratchBytes}
     */
    static ChunkEncoder zstd(int chunkBytes, int level, byte[] fillValue, BufferAllocator allocator) {
        return new ZarrChunkEncoder(chunkBytes, level, false, fillValue, allocator);
    }

    /** The most bytes that an encoded chunk takes. */
    static long scratchBytes(int chunkBytes) {
        return ZarrChunkEncoder.scratchBytes(chunkBytes);
    }

    /**
     * Encodes one chunk.
     *
     * @param voxels a whole chunk, C order, little-endian; beyond the array's edge it must hold the fill value
     * @return the stored bytes, valid until the next call; empty if the chunk is all fill value and need not be stored
     */
    Optional<ByteBuffer> encode(ArrowBuf voxels);

    @Override
    void close();
}
