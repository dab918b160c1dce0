package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.decode.ChunkDecoder;
import io.voxelflight.blockio.decode.ShardIndex;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.blockio.locate.ChunkKeys;
import io.voxelflight.blockio.locate.ShardGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Fetches and decodes single chunks of one array; finds inner chunks of shards by their index, which it remembers. */
final class ChunkLoader {
    /** The longest shard index that is read: two million inner chunks. */
    private static final long MAX_INDEX_BYTES = 32L << 20;

    private final ArrayMetadata array;
    private final ByteStore store;
    private final ChunkKeys keys;
    private final ChunkDecoder decoder;
    private final BufferAllocator stored;
    private final CodecSpec.@Nullable Sharding sharding;
    private final @Nullable ShardGrid shards;
    private final long indexLimitBytes;
    private final int chunkBytes;
    private final int slots;
    private final int storedIndexBytes;
    private final Map<BlockIndex, ShardIndex> indexes = new LinkedHashMap<>(16, 0.75f, true);
    private long indexBytes;

    /**
     * @param stored accounts for stored bytes between fetch and decode
     * @throws ServiceException UNSUPPORTED if a shard has too many chunks
     */
    ChunkLoader(ArrayMetadata array, String path, ByteStore store, BufferAllocator stored, long indexLimitBytes) {
        this.array = array;
        this.store = store;
        this.stored = stored;
        this.indexLimitBytes = indexLimitBytes;
        this.keys = new ChunkKeys(path, array.keys(), array.axes());
        this.decoder = new ChunkDecoder(array.chunkCodecs(), array.elementType().bytes());
        this.sharding = array.sharding().orElse(null);
        this.shards = sharding == null ? null : new ShardGrid(array.object(), sharding.chunk());
        this.chunkBytes =
                Math.toIntExact(array.chunk().voxels() * array.elementType().bytes());
        long inShard = shards == null ? 0 : shards.slots();
        if (inShard > MAX_INDEX_BYTES / ShardIndex.ENTRY_BYTES) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    store.describe(path) + " has shards of " + inShard + " inner chunks, at most "
                            + MAX_INDEX_BYTES / ShardIndex.ENTRY_BYTES + " are supported");
        }
        this.slots = (int) inShard;
        this.storedIndexBytes = sharding == null ? 0 : (int) ShardIndex.storedBytes(sharding, slots);
    }

    /**
     * Decodes a whole chunk into {@code destination}; false if nothing is stored for it.
     *
     * @param destination at least as long as a chunk, filled from byte 0 on
     */
    boolean load(BlockIndex chunk, ArrowBuf destination) {
        if (sharding == null || shards == null) {
            String key = keys.key(chunk);
            OptionalLong size = store.size(key);
            return size.isPresent() && decode(key, 0, size.getAsLong(), destination, store.describe(key));
        }
        ShardGrid.Place place = shards.place(chunk);
        String key = keys.key(place.shard());
        ShardIndex index = index(place.shard(), key, sharding);
        if (index == null || index.isEmpty(place.slot())) {
            return false;
        }
        String where = store.describe(key) + " (inner chunk " + place.slot() + ")";
        return decode(key, index.offset(place.slot()), index.length(place.slot()), destination, where);
    }

    private boolean decode(String key, long offset, long length, ArrowBuf destination, String place) {
        if (length > ChunkDecoder.maxStoredBytes(chunkBytes)) {
            throw new ServiceException(
                    ErrorCode.CORRUPT_DATA,
                    place + " takes " + length + " stored bytes, a chunk of this array holds only " + chunkBytes);
        }
        try (ArrowBuf encoded = stored.buffer(length)) {
            ByteBuffer bytes = encoded.nioBuffer(0, (int) length);
            if (!store.read(key, offset, bytes)) {
                return false;
            }
            bytes.flip();
            decoder.decode(bytes, destination.nioBuffer(0, chunkBytes), place);
            return true;
        }
    }

    private @Nullable ShardIndex index(BlockIndex shard, String key, CodecSpec.Sharding spec) {
        synchronized (indexes) {
            ShardIndex known = indexes.get(shard);
            if (known != null) {
                return known;
            }
        }
        OptionalLong size = store.size(key);
        if (size.isEmpty()) {
            return null;
        }
        int bytes = storedIndexBytes;
        if (size.getAsLong() < bytes) {
            throw new ServiceException(
                    ErrorCode.CORRUPT_DATA,
                    store.describe(key) + " has " + size.getAsLong() + " bytes, its shard index alone takes " + bytes
                            + ": the file is truncated");
        }
        ByteBuffer encoded = ByteBuffer.allocate(bytes);
        if (!store.read(key, spec.indexAtEnd() ? size.getAsLong() - bytes : 0, encoded)) {
            return null;
        }
        encoded.flip();
        ShardIndex index = ShardIndex.decode(encoded, spec, slots, size.getAsLong(), store.describe(key));
        synchronized (indexes) {
            if (indexes.put(shard, index) == null) {
                indexBytes += index.weight();
            }
            var eldest = indexes.values().iterator();
            while (indexBytes > indexLimitBytes && eldest.hasNext()) {
                indexBytes -= eldest.next().weight();
                eldest.remove();
            }
        }
        return index;
    }

    ArrayMetadata array() {
        return array;
    }
}
