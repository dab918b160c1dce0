package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Cancellation;
import org.jspecify.annotations.Nullable;

/** Finds where the stored bytes of a chunk lie. Safe for many threads. */
interface ChunkLocator {
    /**
     * The stored bytes of a chunk.
     *
     * @param place for messages
     */
    record StoredChunk(String key, ByteRange range, String place) {}

    /**
     * Where the chunk lies; null if it is known that nothing is stored for it. Whether an object is there at all is only
     * seen when it is fetched.
     *
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA or UNAVAILABLE naming the index that could not be read
     */
    @Nullable
    StoredChunk locate(BlockIndex chunk, Cancellation cancellation);

    /**
     * Where else the chunk may lie, asked when there is no object where {@link #locate} said; null: nowhere, so it is fill
     * value.
     *
     * @throws io.voxelflight.model.ServiceException UNSUPPORTED naming an object that holds it in a way that is not read
     */
    default @Nullable StoredChunk elsewhere(BlockIndex chunk, StoredChunk missing, Cancellation cancellation) {
        return null;
    }
}
