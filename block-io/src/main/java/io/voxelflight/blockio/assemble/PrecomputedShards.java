package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.decode.MinishardIndex;
import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.KeyEncoding;
import io.voxelflight.blockio.locate.ChunkGrid;
import io.voxelflight.blockio.locate.MortonGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Chunks in the shard files of a Neuroglancer precomputed volume. A shard begins with a list of where each of its
 * minishards' indexes lies; those are fetched once and remembered.
 */
final class PrecomputedShards implements ChunkLocator {
    private static final int LIST_ENTRY_BYTES = 16;

    private final ByteStore store;
    private final String path;
    private final KeyEncoding.MortonShards shards;
    private final MortonGrid grid;
    private final long listBytes;
    private final ShardIndexes<MortonGrid.Place, MinishardIndex> indexes;

    /** @throws ServiceException UNSUPPORTED if the volume has more chunks than can be numbered */
    PrecomputedShards(ArrayMetadata array, String path, ByteStore store, long indexLimitBytes) {
        this.store = store;
        this.path = path;
        this.shards = (KeyEncoding.MortonShards) array.keys();
        this.indexes = new ShardIndexes<>(indexLimitBytes, MinishardIndex::weight);
        this.listBytes = (long) LIST_ENTRY_BYTES << shards.minishardBits();
        try {
            this.grid = new MortonGrid(shards, new ChunkGrid(array.extent(), array.chunk()));
        } catch (IllegalArgumentException e) {
            throw new ServiceException(ErrorCode.UNSUPPORTED, store.describe(path) + " has " + e.getMessage(), e);
        }
    }

    @Override
    public @Nullable StoredChunk locate(BlockIndex chunk, Cancellation cancellation) {
        long number = grid.number(chunk);
        MortonGrid.Place place = grid.place(number);
        MinishardIndex index = indexes.get(place, () -> fetch(place, cancellation), cancellation);
        int entry = index.find(number);
        if (entry < 0) {
            return null;
        }
        String key = key(place, ".shard");
        return new StoredChunk(
                key,
                new ByteRange.Span(index.offset(entry), index.length(entry)),
                store.describe(key) + " (chunk " + Long.toUnsignedString(number) + ")");
    }

    private String key(MortonGrid.Place place, String end) {
        return path + "/" + grid.fileName(place.shard()) + end;
    }

    private MinishardIndex fetch(MortonGrid.Place place, Cancellation cancellation) {
        String key = key(place, ".shard");
        String where = store.describe(key);
        ByteStore.Fetched list = store.fetch(
                key,
                new ByteRange.Span(place.minishard() * LIST_ENTRY_BYTES, LIST_ENTRY_BYTES),
                PrecomputedShards::direct,
                cancellation);
        if (list == null) {
            refuseOldFiles(place);
            return MinishardIndex.empty();
        }
        ByteBuffer entry = list.bytes().order(ByteOrder.LITTLE_ENDIAN);
        long start = entry.getLong(0);
        long end = entry.getLong(Long.BYTES);
        if (start == end) {
            return MinishardIndex.empty();
        }
        long room = list.objectBytes() - listBytes;
        if (start < 0 || end < start || end > room || end - start > MinishardIndex.MAX_BYTES) {
            throw new ServiceException(
                    ErrorCode.CORRUPT_DATA,
                    where + " has the index of minishard " + place.minishard() + " at bytes "
                            + Long.toUnsignedString(start) + " to " + Long.toUnsignedString(end) + " of " + room);
        }
        ByteStore.Fetched index = store.fetch(
                key, new ByteRange.Span(listBytes + start, end - start), PrecomputedShards::direct, cancellation);
        if (index == null) {
            throw new ServiceException(ErrorCode.CORRUPT_DATA, where + " is not there any more");
        }
        return MinishardIndex.decode(index.bytes(), shards.gzipIndex(), listBytes, list.objectBytes(), where);
    }

    /** Shards were two files once; to take them for missing would make zeros of them. */
    private void refuseOldFiles(MortonGrid.Place place) {
        String key = key(place, ".index");
        if (store.size(key).isPresent()) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    store.describe(key) + " is of the old form of shards (.index and .data), which is not supported");
        }
    }

    private static ByteBuffer direct(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes));
    }
}
