package io.voxelflight.blockio.encode;

import io.voxelflight.model.BlockIndex;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Writes one shard chunk by chunk: encoded chunks are appended as they come, the index at the end. Nothing is visible
 * under the shard's key until {@link #commit} returns, and then all of it is, durably. For one thread.
 */
public interface ShardWriter extends AutoCloseable {
    /**
     * Encodes and appends one chunk.
     *
     * @param chunk place of the chunk in the array's whole grid of chunks
     * @param voxels a whole chunk, C order, little-endian; beyond the array's edge it must hold the fill value
     */
    ChunkFate write(BlockIndex chunk, ArrowBuf voxels);

    /** Writes the index, forces everything to the disk and puts the shard in its place. */
    void commit();

    /** Drops the shard if it was not committed. */
    @Override
    void close();
}
