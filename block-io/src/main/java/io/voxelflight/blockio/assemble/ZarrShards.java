package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.decode.ShardIndex;
import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.blockio.locate.ChunkKeys;
import io.voxelflight.blockio.locate.ShardGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Inner chunks of Zarr v3 shards, which may lie in shards themselves. Indexes are fetched once and remembered. */
final class ZarrShards implements ChunkLocator {
    /** The longest shard index that is read: two million inner chunks. */
    private static final long MAX_INDEX_BYTES = 32L << 20;

    /** One level of shards, the outermost first. */
    private record Nesting(CodecSpec.Sharding spec, ShardGrid grid, int slots, int indexBytes) {}

    /** A shard by how deep it is nested and its place in the array's grid of such shards. */
    private record ShardKey(int depth, BlockIndex shard) {}

    /** A part of an object. */
    private record Region(long offset, long length) {}

    private final ByteStore store;
    private final ChunkKeys keys;
    private final List<Nesting> nestings = new ArrayList<>();
    private final ShardIndexes<ShardKey, ShardIndex> indexes;

    /** @throws ServiceException UNSUPPORTED if a shard has too many chunks */
    ZarrShards(ArrayMetadata array, String path, ByteStore store, long indexLimitBytes) {
        this.store = store;
        this.keys = new ChunkKeys(path, array.keys(), array.extent(), array.object());
        this.indexes = new ShardIndexes<>(indexLimitBytes, ShardIndex::weight);
        Extent shard = array.object();
        Optional<CodecSpec.Sharding> next = array.sharding();
        while (next.isPresent()) {
            CodecSpec.Sharding spec = next.get();
            ShardGrid grid = new ShardGrid(shard, spec.chunk(), array.axes());
            long slots = grid.slots();
            if (slots > MAX_INDEX_BYTES / ShardIndex.ENTRY_BYTES) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        store.describe(path) + " has shards of " + slots + " inner chunks, at most "
                                + MAX_INDEX_BYTES / ShardIndex.ENTRY_BYTES + " are supported");
            }
            nestings.add(new Nesting(spec, grid, (int) slots, (int) ShardIndex.storedBytes(spec, slots)));
            shard = spec.chunk();
            next = ArrayMetadata.sharding(spec.codecs());
        }
    }

    @Override
    public @Nullable StoredChunk locate(BlockIndex chunk, Cancellation cancellation) {
        // from the chunk outwards, then from the object inwards
        List<ShardGrid.Place> places = new ArrayList<>(nestings.size());
        BlockIndex inner = chunk;
        for (int depth = nestings.size() - 1; depth >= 0; depth--) {
            ShardGrid.Place place = nestings.get(depth).grid().place(inner);
            places.add(0, place);
            inner = place.shard();
        }
        String key = keys.key(inner);
        Region region = null;
        StringBuilder where = new StringBuilder(store.describe(key));
        for (int depth = 0; depth < nestings.size(); depth++) {
            ShardGrid.Place place = places.get(depth);
            ShardIndex index = index(depth, place.shard(), key, region, where.toString(), cancellation);
            if (index.isEmpty(place.slot())) {
                return null;
            }
            long start = region == null ? 0 : region.offset();
            region = new Region(start + index.offset(place.slot()), index.length(place.slot()));
            where.append(" (inner chunk ").append(place.slot()).append(')');
        }
        if (region == null) {
            throw new IllegalStateException("an array without shards: " + keys);
        }
        return new StoredChunk(key, new ByteRange.Span(region.offset(), region.length()), where.toString());
    }

    /** @param region of the shard in its object; null: all of it */
    private ShardIndex index(
            int depth, BlockIndex shard, String key, @Nullable Region region, String place, Cancellation cancellation) {
        return indexes.get(
                new ShardKey(depth, shard), () -> fetchIndex(depth, key, region, place, cancellation), cancellation);
    }

    private ShardIndex fetchIndex(
            int depth, String key, @Nullable Region region, String place, Cancellation cancellation) {
        Nesting nesting = nestings.get(depth);
        int bytes = nesting.indexBytes();
        if (region != null && region.length() < bytes) {
            throw new ServiceException(
                    ErrorCode.CORRUPT_DATA,
                    place + " has " + region.length() + " bytes, its shard index alone takes " + bytes);
        }
        ByteRange range;
        if (region == null) {
            range = nesting.spec().indexAtEnd() ? new ByteRange.Tail(bytes) : new ByteRange.Span(0, bytes);
        } else {
            long start = region.offset() + (nesting.spec().indexAtEnd() ? region.length() - bytes : 0);
            range = new ByteRange.Span(start, bytes);
        }
        ByteStore.Fetched fetched =
                store.fetch(key, range, size -> ByteBuffer.allocateDirect(Math.toIntExact(size)), cancellation);
        if (fetched == null) {
            return ShardIndex.ABSENT;
        }
        long shardBytes = region == null ? fetched.objectBytes() : region.length();
        return ShardIndex.decode(fetched.bytes(), nesting.spec(), nesting.slots(), shardBytes, place);
    }
}
