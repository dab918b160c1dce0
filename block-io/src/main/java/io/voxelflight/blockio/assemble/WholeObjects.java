package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.locate.ChunkKeys;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Cancellation;

/** Each chunk is an object of its own. */
record WholeObjects(ByteStore store, ChunkKeys keys) implements ChunkLocator {
    @Override
    public StoredChunk locate(BlockIndex chunk, Cancellation cancellation) {
        String key = keys.key(chunk);
        return new StoredChunk(key, ByteRange.WHOLE, store.describe(key));
    }
}
