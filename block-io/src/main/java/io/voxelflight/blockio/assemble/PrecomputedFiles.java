package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.locate.ChunkKeys;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of a Neuroglancer precomputed volume. Where a bucket would say that an object is compressed, cloud-volume gives a
 * file a longer name, which stays when such a folder is copied to a bucket or a web server as it is.
 */
final class PrecomputedFiles implements ChunkLocator {
    private static final String GZIP = ".gz";

    /** Compressions that cloud-volume writes too: to take such a file for missing would make zeros of it. */
    private static final List<String> OTHERS = List.of(".br", ".zstd", ".xz", ".bz2");

    private final ByteStore store;
    private final ChunkKeys keys;
    /** The ending with which a chunk was found last: where to look first. */
    private volatile String ending = "";

    PrecomputedFiles(ByteStore store, ChunkKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    @Override
    public StoredChunk locate(BlockIndex chunk, Cancellation cancellation) {
        return at(keys.key(chunk) + ending);
    }

    private StoredChunk at(String key) {
        return new StoredChunk(key, ByteRange.WHOLE, store.describe(key));
    }

    @Override
    public @Nullable StoredChunk elsewhere(BlockIndex chunk, StoredChunk missing, Cancellation cancellation) {
        String plain = keys.key(chunk);
        String other = missing.key().equals(plain) ? GZIP : "";
        if (store.size(plain + other).isPresent()) {
            ending = other;
            return at(plain + other);
        }
        for (String refused : OTHERS) {
            if (store.size(plain + refused).isPresent()) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        store.describe(plain + refused) + " is compressed as " + refused.substring(1)
                                + ", which is not supported for precomputed chunks (gz is)");
            }
        }
        return null;
    }
}
