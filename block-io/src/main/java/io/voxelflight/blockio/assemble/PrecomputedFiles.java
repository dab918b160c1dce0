package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.locate.ChunkKeys;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.List;

/**
 * Chunks of a Neuroglancer precomputed volume as local files: where a bucket says that an object is compressed, cloud-volume
 * gives its file a longer name.
 */
record PrecomputedFiles(ByteStore store, ChunkKeys keys) implements ChunkLocator {
    private static final String GZIP = ".gz";

    /** Compressions that cloud-volume writes too: to take such a file for missing would make zeros of it. */
    private static final List<String> OTHERS = List.of(".br", ".zstd", ".xz", ".bz2");

    @Override
    public StoredChunk locate(BlockIndex chunk, Cancellation cancellation) {
        String key = keys.key(chunk);
        if (store.size(key).isEmpty()) {
            if (store.size(key + GZIP).isPresent()) {
                key += GZIP;
            } else {
                refuse(key);
            }
        }
        return new StoredChunk(key, ByteRange.WHOLE, store.describe(key));
    }

    private void refuse(String key) {
        for (String ending : OTHERS) {
            if (store.size(key + ending).isPresent()) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        store.describe(key + ending) + " is compressed as " + ending.substring(1)
                                + ", which is not supported for precomputed chunks (gz is)");
            }
        }
    }
}
