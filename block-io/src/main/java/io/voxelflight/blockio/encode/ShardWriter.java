package io.voxelflight.blockio.encode;

import io.voxelflight.model.BlockIndex;
import java.nio.ByteBuffer;

/**
 * Writes one shard chunk by chunk: encoded chunks are appended as they come, the index at the end. Nothing is visible
 * under the shard's key until {@link #commit} returns, and then all of it is, durably. Many threads may append; their
 * appends are done one after the other.
 */
public interface ShardWriter extends AutoCloseable {
    /**
     * Appends one chunk. A chunk that is never appended is fill value.
     *
     * @param chunk place of the chunk in the array's whole grid of chunks
     * @param encoded what a {@link ChunkEncoder} of the same volume made of it
     */
    void append(BlockIndex chunk, ByteBuffer encoded);

    /** Writes the index, forces everything to the disk and puts the shard in its place; nothing if it has no chunk. */
    void commit();

    /** Drops the shard if it was not committed. */
    @Override
    void close();
}
