package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.locate.ChunkGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Blocks of one array, cut from the cache's chunks. */
final class ChunkedArrayReader implements ArrayReader {
    /** A block that is put together from parts of several chunks. */
    private record Assembly(
            Box block, ArrowBuf result, BufferAllocator allocator, Cancellation cancellation, ReadTally tally) {}

    private final ChunkLoader loader;
    private final ChunkCache cache;
    private final ChunkGrid grid;
    private final BufferAllocator scratch;
    private final Executor threads;
    private final ReadLimits limits;
    private final int elementBytes;
    private final long chunkBytes;

    /**
     * @param scratch accounts for chunks that are read past the cache
     * @param threads fetch from remote stores
     */
    ChunkedArrayReader(
            ChunkLoader loader, ChunkCache cache, BufferAllocator scratch, Executor threads, ReadLimits limits) {
        this.loader = loader;
        this.threads = threads;
        this.limits = limits;
        this.cache = cache;
        this.scratch = scratch;
        this.grid = new ChunkGrid(loader.array().extent(), loader.array().chunk());
        this.elementBytes = loader.array().elementType().bytes();
        this.chunkBytes = grid.chunk().voxels() * elementBytes;
    }

    /** Drops what caches hold of this array. */
    void forget() {
        cache.forgetAll(this);
        loader.forget();
    }

    @Override
    public Extent extent() {
        return grid.volume();
    }

    @Override
    public ElementType elementType() {
        return loader.array().elementType();
    }

    @Override
    public Optional<StoredChunks> storedChunks() {
        return Optional.of(loader);
    }

    @Override
    public boolean isRemote() {
        return loader.isRemote();
    }

    @Override
    public long chunkBytes() {
        return chunkBytes;
    }

    @Override
    public BlockShape chunkShape() {
        Extent chunk = grid.chunk();
        return new BlockShape(Math.toIntExact(chunk.z()), Math.toIntExact(chunk.y()), Math.toIntExact(chunk.x()));
    }

    @Override
    public byte[] fillValue() {
        return loader.array().fillValue();
    }

    @Override
    public ArrowBuf readBlock(
            Point origin, BlockShape shape, BufferAllocator allocator, Cancellation cancellation, ReadTally tally) {
        Box block = block(origin, shape);
        Box valid = block.intersection(Box.of(extent()));
        if (valid.isEmpty()) {
            throw outside(origin, shape);
        }
        cancellation.throwIfCancelled();
        if (isOneChunk(block)) {
            ArrowBuf chunk = chunk(new ChunkGrid.Part(index(origin), origin, valid), allocator, cancellation, tally);
            return chunk != null ? chunk : empty(shape, block, allocator);
        }
        ArrowBuf result = allocate(shape, allocator);
        try {
            Assembly assembly = new Assembly(block, result, allocator, cancellation, tally);
            Voxels.fillOutside(result, block, valid, fillValue());
            if (loader.isRemote()) {
                copyFetched(valid, assembly);
            } else {
                grid.visit(valid, part -> {
                    cancellation.pause();
                    copyPart(part, null, assembly);
                });
            }
            return result;
        } catch (Throwable e) {
            result.close();
            throw e;
        }
    }

    private ArrowBuf allocate(BlockShape shape, BufferAllocator allocator) {
        return Buffers.allocate(allocator, (long) shape.voxels() * elementBytes, "a block of " + shape);
    }

    private ArrowBuf empty(BlockShape shape, Box block, BufferAllocator allocator) {
        ArrowBuf result = allocate(shape, allocator);
        Voxels.fill(result, block, block, fillValue());
        return result;
    }

    /** Copies the parts of a block group by group: while one is decoded the next is on its way. */
    private void copyFetched(Box valid, Assembly assembly) {
        List<ChunkGrid.Part> parts = new ArrayList<>();
        grid.visit(valid, parts::add);
        ParallelFetch current = fetch(parts, 0, assembly.cancellation());
        ParallelFetch next = null;
        try {
            for (int from = 0; from < parts.size(); from += limits.chunksAhead()) {
                int to = Math.min(parts.size(), from + limits.chunksAhead());
                next = fetch(parts, to, assembly.cancellation());
                for (ChunkGrid.Part part : parts.subList(from, to)) {
                    copyPart(part, current, assembly);
                }
                close(current);
                current = next;
                next = null;
            }
        } finally {
            close(current);
            close(next);
        }
    }

    private @Nullable ParallelFetch fetch(List<ChunkGrid.Part> parts, int from, Cancellation cancellation) {
        List<BlockIndex> missing = new ArrayList<>();
        for (ChunkGrid.Part part : parts.subList(from, Math.min(parts.size(), from + limits.chunksAhead()))) {
            if (!cache.contains(key(part)) && !loader.holds(part.chunk())) {
                missing.add(part.chunk());
            }
        }
        return loader.fetch(missing, threads, limits, cancellation);
    }

    private static void close(@Nullable ParallelFetch fetch) {
        if (fetch != null) {
            fetch.close();
        }
    }

    private Box block(Point origin, BlockShape shape) {
        try {
            return Box.at(origin, shape);
        } catch (ArithmeticException beyondAllVoxels) {
            throw outside(origin, shape);
        }
    }

    private ServiceException outside(Point origin, BlockShape shape) {
        return new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                "block of " + shape + " at " + origin + " lies outside the volume of " + extent()
                        + " voxels (t, c, z, y, x)");
    }

    @Override
    public void readBox(Box box, ArrowBuf destination, Cancellation cancellation) {
        if (!Box.of(extent()).contains(box)) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "box " + box + " reaches out of the volume of " + extent() + " voxels");
        }
        if (box.isEmpty()) {
            return;
        }
        destination.checkBytes(0, box.extent().voxels() * elementBytes);
        try (ArrowBuf chunk = Buffers.allocate(scratch, chunkBytes, "a chunk of " + grid.chunk())) {
            grid.visit(box, part -> {
                cancellation.throwIfCancelled();
                if (loader.load(part.chunk(), chunk, null, cancellation)) {
                    Box held = Box.at(part.origin(), grid.chunk());
                    Voxels.copy(part.wanted(), chunk, held, destination, box, elementBytes);
                } else {
                    Voxels.fill(destination, box, part.wanted(), fillValue());
                }
            });
        }
    }

    private void copyPart(ChunkGrid.Part part, @Nullable ParallelFetch fetched, Assembly assembly) {
        Cancellation cancellation = assembly.cancellation();
        cancellation.throwIfCancelled();
        assembly.tally().cut();
        cache.lend(
                key(part),
                chunkBytes,
                load(part, fetched, cancellation, assembly.tally()),
                assembly.allocator(),
                cancellation,
                address -> {
                    if (address == 0) {
                        Voxels.fill(assembly.result(), assembly.block(), part.wanted(), fillValue());
                    } else {
                        Voxels.copy(
                                part.wanted(),
                                address,
                                Box.at(part.origin(), grid.chunk()),
                                assembly.result(),
                                assembly.block(),
                                elementBytes);
                    }
                });
    }

    private @Nullable ArrowBuf chunk(
            ChunkGrid.Part part, BufferAllocator allocator, Cancellation cancellation, ReadTally tally) {
        tally.cut();
        return cache.acquire(key(part), chunkBytes, load(part, null, cancellation, tally), allocator, cancellation);
    }

    private ChunkCache.Key key(ChunkGrid.Part part) {
        return new ChunkCache.Key(this, grid.ordinal(part.chunk()));
    }

    private ChunkCache.Loader load(
            ChunkGrid.Part part, @Nullable ParallelFetch fetched, Cancellation cancellation, ReadTally tally) {
        return destination -> {
            tally.loaded();
            if (!loader.load(part.chunk(), destination, fetched, cancellation)) {
                return false;
            }
            Box whole = Box.at(part.origin(), grid.chunk());
            Box inside = whole.intersection(Box.of(extent()));
            if (!inside.equals(whole)) {
                // what a writer left beyond the edge is nobody's data
                Voxels.fillOutside(destination, whole, inside, fillValue());
            }
            return true;
        };
    }

    private boolean isOneChunk(Box block) {
        Point start = block.start();
        return block.extent().equals(grid.chunk())
                && start.z() >= 0
                && start.y() >= 0
                && start.x() >= 0
                && start.z() % grid.chunk().z() == 0
                && start.y() % grid.chunk().y() == 0
                && start.x() % grid.chunk().x() == 0;
    }

    private BlockIndex index(Point origin) {
        Extent chunk = grid.chunk();
        return new BlockIndex(
                origin.t() / chunk.t(),
                origin.c() / chunk.c(),
                origin.z() / chunk.z(),
                origin.y() / chunk.y(),
                origin.x() / chunk.x());
    }
}
