package io.voxelflight.blockio.encode;

import io.voxelflight.model.BlockIndex;
import java.nio.ByteBuffer;

/** A Zarr v2 chunk: an object of its own, a shard of one chunk to those who write. */
final class ChunkObjectWriter implements ShardWriter {
    private final ObjectWriter object;
    private final BlockIndex chunk;

    ChunkObjectWriter(ObjectWriter object, BlockIndex chunk) {
        this.object = object;
        this.chunk = chunk;
    }

    @Override
    public synchronized void append(BlockIndex appended, ByteBuffer encoded) {
        if (!appended.equals(chunk)) {
            throw new IllegalArgumentException("chunk " + appended + " is not chunk " + chunk);
        }
        if (object.position() > 0) {
            throw new IllegalStateException("chunk " + chunk + " was written before");
        }
        object.append(encoded);
    }

    @Override
    public synchronized void commit() {
        if (object.position() > 0) { // an object that is not there is fill value too
            object.commit();
        }
    }

    @Override
    public synchronized void close() {
        object.close();
    }
}
