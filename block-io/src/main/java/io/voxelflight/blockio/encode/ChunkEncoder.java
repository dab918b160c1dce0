package io.voxelflight.blockio.encode;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;

/** Turns decoded chunks into stored ones, with a codec context and a scratch buffer that are reused. For one thread. */
public interface ChunkEncoder extends AutoCloseable {
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
