package io.voxelflight.ingestion.run;

import io.voxelflight.blockio.encode.ChunkEncoder;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.ingestion.plan.Step;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Point;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;

/**
 * One thread's way of a chunk: cut it out of its region, measure, encode, append to its shard, and add what it becomes
 * to the next coarser level; where that makes a coarser chunk whole, the same with that one.
 */
final class ChunkPipeline implements AutoCloseable {
    private final SharedState shared;
    private final Statistics statistics;
    private final NonzeroBox nonzero;
    private final Downsampler downsampler;
    private final ChunkEncoder encoder;
    private final ArrowBuf chunk;
    private final int bytes;

    ChunkPipeline(SharedState shared, BufferAllocator allocator) {
        this.shared = shared;
        this.bytes = shared.elementType().bytes();
        this.statistics = Statistics.of(shared.elementType(), shared.kind());
        this.nonzero = new NonzeroBox(shared.elementType());
        this.downsampler = Downsampler.of(shared.elementType(), shared.kind());
        this.chunk = allocator.buffer(shared.chunkBytes());
        try {
            this.encoder = shared.writer().openEncoder();
        } catch (RuntimeException e) {
            chunk.close();
            throw e;
        }
    }

    /** Does all with the chunk of level 0 at {@code index}, whose valid voxels lie in {@code region}. */
    void run(BlockIndex index, Box regionBox, ArrowBuf region) {
        cut(shared.grid(0).validBox(index), regionBox, region);
        finish(0, index, chunk);
    }

    private void cut(Box valid, Box regionBox, ArrowBuf region) {
        BlockShape shape = shared.grid(0).block();
        Point at = valid.start().minus(regionBox.start());
        long regionY = regionBox.extent().y();
        long regionX = regionBox.extent().x();
        int sizeZ = (int) valid.extent().z();
        int sizeY = (int) valid.extent().y();
        int sizeX = (int) valid.extent().x();
        if (valid.extent().voxels() < shape.voxels()) {
            MemoryUtil.setMemory(chunk.memoryAddress(), shared.chunkBytes(), (byte) 0);
        }
        for (int z = 0; z < sizeZ; z++) {
            for (int y = 0; y < sizeY; y++) {
                long from = ((at.z() + z) * regionY + at.y() + y) * regionX + at.x();
                long to = ((long) z * shape.y() + y) * shape.x();
                MemoryUtil.copyMemory(
                        region.memoryAddress() + from * bytes,
                        chunk.memoryAddress() + to * bytes,
                        (long) sizeX * bytes);
            }
        }
    }

    private void finish(int level, BlockIndex index, ArrowBuf voxels) {
        BlockGrid grid = shared.grid(level);
        Box valid = grid.validBox(index);
        ChunkView view = new ChunkView(
                voxels,
                grid.block(),
                bytes,
                (int) valid.extent().z(),
                (int) valid.extent().y(),
                (int) valid.extent().x());
        ChunkSummary summary = statistics.measure(view);
        Optional<ByteBuffer> encoded = encoder.encode(voxels);
        long stored = encoded.map(ByteBuffer::remaining).orElse(0);
        shared.shards().add(level, index, encoded);
        shared.rows().append(row(level, valid, view, summary, stored));
        shared.addStored(level, stored);
        if (level + 1 < shared.levels()) {
            addToCoarser(level, index, view, encoded.isPresent());
        }
    }

    private ChunkRow row(int level, Box valid, ChunkView view, ChunkSummary summary, long stored) {
        return new ChunkRow(
                level,
                valid.start(),
                view.sizeZ(),
                view.sizeY(),
                view.sizeX(),
                summary.min(),
                summary.max(),
                summary.mean(),
                summary.stddev(),
                summary.nonzeroFraction(),
                summary.entropy(),
                stored,
                view.checksum(),
                nonzeroBox(valid.start(), view, summary),
                summary.attrsJson());
    }

    private @Nullable Box nonzeroBox(Point origin, ChunkView view, ChunkSummary summary) {
        if (summary.nonzeroFraction() == 0 || !nonzero.find(view)) {
            return null;
        }
        return new Box(
                origin.plus(Point.zyx(nonzero.startZ, nonzero.startY, nonzero.startX)),
                origin.plus(new Point(1, 1, nonzero.stopZ, nonzero.stopY, nonzero.stopX)));
    }

    private void addToCoarser(int level, BlockIndex index, ChunkView view, boolean anything) {
        Step step = shared.pyramid().levels().get(level + 1).step();
        BlockIndex parent = shared.pyramid().parent(level, index);
        UnfinishedChunks.Chunk coarse = shared.unfinished().at(level + 1, parent);
        if (anything) { // else it stays 0
            BlockShape shape = view.shape();
            downsampler.reduce(
                    view,
                    step,
                    coarse.voxels(),
                    offset(index.z(), parent.z(), step.z(), shape.z()),
                    offset(index.y(), parent.y(), step.y(), shape.y()),
                    offset(index.x(), parent.x(), step.x(), shape.x()));
        }
        if (coarse.isLastPart()) {
            shared.unfinished().remove(level + 1, parent);
            try (ArrowBuf whole = coarse.voxels()) {
                finish(level + 1, parent, whole);
            }
        }
    }

    private static int offset(long index, long parent, int step, int side) {
        return (int) (index - parent * step) * (side / step);
    }

    @Override
    public void close() {
        encoder.close();
        chunk.close();
    }
}
