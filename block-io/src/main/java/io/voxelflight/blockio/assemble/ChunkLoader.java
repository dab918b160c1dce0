package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.decode.ChunkDecoder;
import io.voxelflight.blockio.decode.Scratch;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Fetches and decodes single chunks of one array. Safe for many threads. */
final class ChunkLoader implements StoredChunks {
    private final ArrayMetadata array;
    private final ByteStore store;
    private final ChunkLocator locator;
    private final ChunkDecoder decoder;
    private final BufferAllocator memory;
    private final @Nullable DiskCache disk;
    private final Extent chunk;
    private final int chunkBytes;
    /** Whether whole chunks are fetched to where they shall be. */
    private final boolean verbatim;

    /** The stored bytes of a chunk, on the disk. */
    private record StoredKey(ChunkLoader loader, BlockIndex chunk) {}

    /**
     * @param memory accounts for stored bytes between fetch and decode, and for what lies between steps of the chain
     * @param disk keeps stored bytes; null: nothing is kept
     */
    ChunkLoader(
            ArrayMetadata array,
            ByteStore store,
            ChunkLocator locator,
            BufferAllocator memory,
            @Nullable DiskCache disk) {
        this.disk = disk;
        this.array = array;
        this.store = store;
        this.locator = locator;
        this.memory = memory;
        this.chunk = array.chunk();
        this.decoder = new ChunkDecoder(array.chunkCodecs(), array.elementType(), array.axes());
        this.chunkBytes = Math.toIntExact(chunk.voxels() * array.elementType().bytes());
        this.verbatim = array.edge() == ArrayMetadata.Edge.WHOLE && decoder.isVerbatim(chunk);
    }

    /**
     * Decodes a whole chunk into {@code destination}; false if nothing is stored for it. What lies beyond the array's end
     * is as the writer left it, or fill value.
     *
     * @param destination at least as long as a chunk, filled from byte 0 on
     * @param fetched may bring the chunk's bytes
     */
    boolean load(BlockIndex index, ArrowBuf destination, @Nullable ParallelFetch fetched, Cancellation cancellation) {
        ParallelFetch.Piece piece = fetched == null ? null : fetched.take(index);
        if (piece == null) {
            return load(index, destination, cancellation);
        }
        if (piece.chunk() == null) {
            return false;
        }
        if (piece.bytes() == null) {
            ChunkLocator.StoredChunk other = locator.elsewhere(index, piece.chunk(), cancellation);
            return other != null && load(index, other, destination, cancellation);
        }
        keep(index, piece.bytes());
        decode(piece.bytes(), index, destination, piece.chunk().place());
        return true;
    }

    /** Whether the chunk's stored bytes need no request. */
    boolean holds(BlockIndex index) {
        return disk != null && disk.contains(new StoredKey(this, index));
    }

    private void keep(BlockIndex index, ByteBuffer stored) {
        if (disk != null) {
            disk.put(new StoredKey(this, index), stored);
        }
    }

    /** Drops what the disk keeps for this array. */
    void forget() {
        if (disk != null) {
            disk.forgetAll(key -> key instanceof StoredKey stored && stored.loader() == this);
        }
    }

    private boolean loadKept(BlockIndex index, ArrowBuf destination) {
        if (disk == null) {
            return false;
        }
        try (DiskCache.Pin pin = disk.find(new StoredKey(this, index));
                Memory room = new Memory(memory)) {
            if (pin == null) {
                return false;
            }
            // a copy: a native decoder would take the process along if the disk failed under the mapping
            ByteBuffer stored = room.take(pin.bytes().remaining());
            stored.put(pin.bytes()).flip();
            decode(stored, index, destination, "the disk cache's copy of chunk " + index + " of " + store.describe(""));
            return true;
        }
    }

    private boolean load(BlockIndex index, ArrowBuf destination, Cancellation cancellation) {
        if (loadKept(index, destination)) {
            return true;
        }
        ChunkLocator.StoredChunk stored = locator.locate(index, cancellation);
        if (stored == null) {
            return false;
        }
        if (load(index, stored, destination, cancellation)) {
            return true;
        }
        ChunkLocator.StoredChunk other = locator.elsewhere(index, stored, cancellation);
        return other != null && load(index, other, destination, cancellation);
    }

    private boolean load(
            BlockIndex index, ChunkLocator.StoredChunk stored, ArrowBuf destination, Cancellation cancellation) {
        try (Memory room = new Memory(memory)) {
            long limit = ChunkDecoder.maxStoredBytes(chunkBytes);
            ByteStore.Fetched fetched = store.fetch(
                    stored.key(),
                    stored.range(),
                    bytes -> {
                        if (bytes > limit) {
                            throw tooLarge(stored.place(), bytes, limit);
                        }
                        return verbatim && bytes == chunkBytes
                                ? destination.nioBuffer(0, chunkBytes)
                                : room.take(bytes);
                    },
                    cancellation);
            if (fetched == null) {
                return false;
            }
            keep(index, fetched.bytes());
            if (!verbatim || fetched.bytes().remaining() != chunkBytes) {
                decode(fetched.bytes(), index, destination, stored.place());
            }
            return true;
        }
    }

    static ServiceException tooLarge(String place, long bytes, long limit) {
        return new ServiceException(
                ErrorCode.CORRUPT_DATA,
                place + " takes " + bytes + " stored bytes, a chunk of this array takes at most " + limit);
    }

    /** Fetches several chunks side by side; null if the store answers at once. */
    @Nullable
    ParallelFetch fetch(List<BlockIndex> chunks, Executor threads, ReadLimits limits, Cancellation cancellation) {
        return store.isRemote() && chunks.size() > 1
                ? new ParallelFetch(
                        store,
                        locator,
                        chunks,
                        ChunkDecoder.maxStoredBytes(chunkBytes),
                        threads,
                        memory,
                        limits,
                        cancellation)
                : null;
    }

    boolean isRemote() {
        return store.isRemote();
    }

    private void decode(ByteBuffer stored, BlockIndex index, ArrowBuf destination, String place) {
        Scratch scratch = new Memory.Leases(memory);
        Extent expected = chunk;
        if (array.edge() == ArrayMetadata.Edge.CLIPPED) {
            expected = inside(index);
        }
        Extent held = decoder.extent(stored, expected, chunk, place);
        if (held.equals(chunk)) {
            decoder.decode(stored, held, destination.nioBuffer(0, chunkBytes), scratch, place);
            return;
        }
        long bytes = held.voxels() * array.elementType().bytes();
        try (ArrowBuf piece = Buffers.allocate(memory, bytes, "a chunk of " + held)) {
            decoder.decode(stored, held, piece.nioBuffer(0, bytes > 0 ? (int) bytes : 0), scratch, place);
            Box whole = Box.of(chunk);
            Box part = Box.of(held);
            Voxels.fillOutside(destination, whole, part, array.fillValue());
            Voxels.copy(
                    part, piece, part, destination, whole, array.elementType().bytes());
        }
    }

    private Extent inside(BlockIndex index) {
        Extent all = array.extent();
        return new Extent(
                Math.min(chunk.t(), all.t() - index.t() * chunk.t()),
                Math.min(chunk.c(), all.c() - index.c() * chunk.c()),
                Math.min(chunk.z(), all.z() - index.z() * chunk.z()),
                Math.min(chunk.y(), all.y() - index.y() * chunk.y()),
                Math.min(chunk.x(), all.x() - index.x() * chunk.x()));
    }

    @Override
    public ArrayMetadata array() {
        return array;
    }

    @Override
    public @Nullable ArrowBuf read(BlockIndex index, BufferAllocator allocator, Cancellation cancellation) {
        ArrowBuf stored = readKept(index, allocator);
        if (stored != null) {
            return stored;
        }
        ChunkLocator.StoredChunk place = locator.locate(index, cancellation);
        if (place == null) {
            return null;
        }
        stored = read(place, allocator, cancellation);
        if (stored == null) {
            ChunkLocator.StoredChunk other = locator.elsewhere(index, place, cancellation);
            stored = other == null ? null : read(other, allocator, cancellation);
        }
        if (stored != null) {
            keep(index, stored.nioBuffer(0, (int) stored.capacity()));
        }
        return stored;
    }

    private @Nullable ArrowBuf readKept(BlockIndex index, BufferAllocator allocator) {
        if (disk == null) {
            return null;
        }
        try (DiskCache.Pin pin = disk.find(new StoredKey(this, index))) {
            if (pin == null) {
                return null;
            }
            Memory room = new Memory(allocator);
            room.take(pin.bytes().remaining()).put(pin.bytes());
            return room.detach();
        }
    }

    private @Nullable ArrowBuf read(
            ChunkLocator.StoredChunk place, BufferAllocator allocator, Cancellation cancellation) {
        long limit = StoredChunks.maxBytes(chunkBytes);
        try (Memory room = new Memory(allocator)) {
            ByteStore.Fetched fetched = store.fetch(
                    place.key(),
                    place.range(),
                    bytes -> {
                        if (bytes > limit) {
                            throw tooLarge(place.place(), bytes, limit);
                        }
                        return room.take(bytes);
                    },
                    cancellation);
            return fetched == null ? null : room.detach();
        }
    }
}
