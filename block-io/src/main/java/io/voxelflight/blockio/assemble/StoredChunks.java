package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.decode.ChunkDecoder;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Cancellation;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of an array as they are stored, encoded: for those who pass them on. What a chunk is and how it is encoded
 * says {@link #array}: {@link ArrayMetadata#chunk} voxels by {@link ArrayMetadata#chunkCodecs}. Safe for many threads.
 */
public interface StoredChunks {
    ArrayMetadata array();

    /** The most bytes that a chunk of so many decoded bytes takes: a longer one is refused as corrupt. */
    static long maxBytes(long decodedBytes) {
        return ChunkDecoder.maxStoredBytes(decodedBytes);
    }

    /**
     * The stored bytes of a chunk, neither decoded nor checked.
     *
     * @param chunk in the grid of the array's chunks
     * @param allocator accounts for the result; the caller owns it and must close it exactly once
     * @return a buffer of just these bytes; null if nothing is stored: all voxels are fill value
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA, UNSUPPORTED or UNAVAILABLE naming the object that could
     *     not be read; CANCELLED
     */
    @Nullable
    ArrowBuf read(BlockIndex chunk, BufferAllocator allocator, Cancellation cancellation);
}
