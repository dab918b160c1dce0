package io.voxelflight.ingestion.run;

import io.voxelflight.blockio.encode.VolumeWriter;
import io.voxelflight.blockio.encode.ZarrVolumeWriter;
import io.voxelflight.ingestion.plan.IngestPlan;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.jspecify.annotations.Nullable;

/** Runs a plan on threads of this process. */
public final class IngestRun {
    private final IngestPlan plan;
    private final VolumeSource source;
    private final VolumeWriter writer;
    private final ChunkRowFile rows;
    private final BufferAllocator allocator;
    private final LongConsumer progress;
    private final Cancellation cancellation;
    private final AtomicLong doneBytes = new AtomicLong();
    private @Nullable Throwable failure;

    /**
     * @param allocator accounts for all voxels: with {@code plan.memoryBytes()} it has enough
     * @param progress is told the bytes of level 0 that are done, by any worker
     */
    public IngestRun(
            IngestPlan plan,
            VolumeSource source,
            VolumeWriter writer,
            ChunkRowFile rows,
            BufferAllocator allocator,
            LongConsumer progress,
            Cancellation cancellation) {
        this.plan = plan;
        this.source = source;
        this.writer = writer;
        this.rows = rows;
        this.allocator = allocator;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /**
     * Writes every chunk of every level and a row for each. When it returns, all shards are on the disk. The first failure
     * stops all workers and is thrown when they have ended; nothing stays open or allocated.
     *
     * @return stored bytes of each level
     */
    public List<Long> run() {
        List<BlockGrid> grids = plan.pyramid().levels().stream()
                .map(level -> new BlockGrid(level.extent(), plan.spec().chunk()))
                .toList();
        AtomicLongArray stored = new AtomicLongArray(grids.size());
        long chunkBytes =
                (long) plan.spec().chunk().voxels() * plan.spec().elementType().bytes();
        try (ShardCommitter committer = new ShardCommitter();
                OpenShards shards = new OpenShards(
                        writer,
                        grids,
                        plan.spec().levels().stream()
                                .map(level -> ZarrVolumeWriter.shard(plan.spec(), level))
                                .toList(),
                        committer);
                UnfinishedChunks unfinished = new UnfinishedChunks(plan.pyramid(), chunkBytes, allocator);
                RegionQueue queue = new RegionQueue(plan, allocator, cancellation)) {
            SharedState shared = new SharedState(plan, grids, writer, shards, unfinished, rows, stored);
            work(shared, queue);
            committer.finish();
            if (!shards.isEmpty() || !unfinished.isEmpty()) {
                throw new IllegalStateException("regions are done, but not every chunk");
            }
        }
        List<Long> bytes = new ArrayList<>();
        for (int level = 0; level < grids.size(); level++) {
            bytes.add(stored.get(level));
        }
        return bytes;
    }

    private void work(SharedState shared, RegionQueue queue) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < plan.workers(); i++) {
            Thread thread = new Thread(() -> workUntilEmpty(shared, queue), "ingest-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    cancellation.cancel();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            if (failure != null) {
                throw asServiceException(failure);
            }
        }
    }

    private void workUntilEmpty(SharedState shared, RegionQueue queue) {
        try (ChunkPipeline pipeline = new ChunkPipeline(shared, allocator)) {
            for (RegionQueue.Job job = queue.take(); job != null; job = queue.take()) {
                OpenRegion region = job.region();
                Box part = job.part();
                if (part != null) {
                    ArrowBuf destination = region.voxels.slice(region.offset(part), region.bytes(part));
                    source.read(part, destination);
                } else {
                    var index = region.chunk(job.chunk());
                    pipeline.run(index, region.box, region.voxels);
                    long bytes = shared.grid(0).validBox(index).extent().voxels()
                            * shared.elementType().bytes();
                    progress.accept(doneBytes.addAndGet(bytes));
                }
                queue.done(job);
            }
        } catch (Throwable e) {
            queue.stop();
            fail(e);
        }
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        } else if (failure != e) {
            failure.addSuppressed(e);
        }
    }

    private static RuntimeException asServiceException(Throwable e) {
        if (e instanceof OutOfMemoryException) {
            return new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "the ingestion needs more memory than its limit: " + e.getMessage(),
                    e);
        }
        if (e instanceof ServiceException known) {
            return known;
        }
        return new ServiceException(ErrorCode.INTERNAL, "the ingestion failed: " + e, e);
    }
}
