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
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Blocks of one Zarr array, cut from the cache's chunks. */
final class ZarrArrayReader implements ArrayReader {
    private final ChunkLoader loader;
    private final ChunkCache cache;
    private final ChunkGrid grid;
    private final BufferAllocator scratch;
    private final int elementBytes;
    private final long chunkBytes;

    ZarrArrayReader(ChunkLoader loader, ChunkCache cache, BufferAllocator scratch) {
        this.loader = loader;
        this.cache = cache;
        this.scratch = scratch;
        this.grid = new ChunkGrid(loader.array().extent(), loader.array().chunk());
        this.elementBytes = loader.array().elementType().bytes();
        this.chunkBytes = grid.chunk().voxels() * elementBytes;
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
    public BlockShape chunkShape() {
        Extent chunk = grid.chunk();
        return new BlockShape(Math.toIntExact(chunk.z()), Math.toIntExact(chunk.y()), Math.toIntExact(chunk.x()));
    }

    @Override
    public byte[] fillValue() {
        return loader.array().fillValue();
    }

    @Override
    public ArrowBuf readBlock(Point origin, BlockShape shape, BufferAllocator allocator, Cancellation cancellation) {
        Box block = block(origin, shape);
        Box valid = block.intersection(Box.of(extent()));
        if (valid.isEmpty()) {
            throw outside(origin, shape);
        }
        cancellation.throwIfCancelled();
        if (isOneChunk(block)) {
            ArrowBuf chunk = chunk(new ChunkGrid.Part(index(origin), origin, valid), allocator, cancellation);
            if (chunk != null) {
                return chunk;
            }
        }
        ArrowBuf result = Buffers.allocate(allocator, (long) shape.voxels() * elementBytes, "a block of " + shape);
        try {
            Voxels.fillOutside(result, block, valid, fillValue());
            grid.visit(valid, part -> copyPart(part, result, block, allocator, cancellation));
            return result;
        } catch (Throwable e) {
            result.close();
            throw e;
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
                if (loader.load(part.chunk(), chunk, cancellation)) {
                    Box held = Box.at(part.origin(), grid.chunk());
                    Voxels.copy(part.wanted(), chunk, held, destination, box, elementBytes);
                } else {
                    Voxels.fill(destination, box, part.wanted(), fillValue());
                }
            });
        }
    }

    private void copyPart(
            ChunkGrid.Part part, ArrowBuf result, Box block, BufferAllocator allocator, Cancellation cancellation) {
        cancellation.throwIfCancelled();
        try (ArrowBuf chunk = chunk(part, allocator, cancellation)) {
            if (chunk == null) {
                Voxels.fill(result, block, part.wanted(), fillValue());
            } else {
                Voxels.copy(part.wanted(), chunk, Box.at(part.origin(), grid.chunk()), result, block, elementBytes);
            }
        }
    }

    private @Nullable ArrowBuf chunk(ChunkGrid.Part part, BufferAllocator allocator, Cancellation cancellation) {
        return cache.acquire(
                new ChunkCache.Key(this, grid.ordinal(part.chunk())),
                chunkBytes,
                destination -> {
                    if (!loader.load(part.chunk(), destination, cancellation)) {
                        return false;
                    }
                    Box whole = Box.at(part.origin(), grid.chunk());
                    Box inside = whole.intersection(Box.of(extent()));
                    if (!inside.equals(whole)) {
                        // what a writer left beyond the edge is nobody's data
                        Voxels.fillOutside(destination, whole, inside, fillValue());
                    }
                    return true;
                },
                allocator,
                cancellation);
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
