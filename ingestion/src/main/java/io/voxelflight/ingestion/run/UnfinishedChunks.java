package io.voxelflight.ingestion.run;

import io.voxelflight.ingestion.plan.Pyramid;
import io.voxelflight.model.BlockIndex;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * The chunks of levels 1 and above of which some parts are there. The order of regions bounds how many there are at
 * once. For many threads, which write disjoint parts.
 */
final class UnfinishedChunks implements AutoCloseable {
    private record Key(int level, BlockIndex index) {}

    /** A coarse chunk being put together: zero where nothing was written yet. */
    static final class Chunk {
        private final ArrowBuf voxels;
        private final AtomicInteger partsLeft;

        Chunk(ArrowBuf voxels, int parts) {
            this.voxels = voxels;
            this.partsLeft = new AtomicInteger(parts);
        }

        ArrowBuf voxels() {
            return voxels;
        }

        /** Says that one part is written; true for the last one. */
        boolean isLastPart() {
            return partsLeft.decrementAndGet() == 0;
        }
    }

    private final Pyramid pyramid;
    private final long chunkBytes;
    private final BufferAllocator allocator;
    private final Map<Key, Chunk> chunks = new ConcurrentHashMap<>();

    UnfinishedChunks(Pyramid pyramid, long chunkBytes, BufferAllocator allocator) {
        this.pyramid = pyramid;
        this.chunkBytes = chunkBytes;
        this.allocator = allocator;
    }

    Chunk at(int level, BlockIndex index) {
        return chunks.computeIfAbsent(new Key(level, index), key -> {
            ArrowBuf voxels = allocator.buffer(chunkBytes);
            MemoryUtil.setMemory(voxels.memoryAddress(), chunkBytes, (byte) 0);
            return new Chunk(voxels, pyramid.children(level, index));
        });
    }

    /** Hands the chunk's buffer over to who saw its last part. */
    void remove(int level, BlockIndex index) {
        chunks.remove(new Key(level, index));
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    @Override
    public void close() {
        chunks.values().forEach(chunk -> chunk.voxels().close());
        chunks.clear();
    }
}
