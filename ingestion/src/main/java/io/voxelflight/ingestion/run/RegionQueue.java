package io.voxelflight.ingestion.run;

import io.voxelflight.ingestion.plan.IngestPlan;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the work: parts of regions to read, and chunks of regions that are read. Regions open in the plan's order
 * and at most as many places ahead of the oldest open one as the plan's memory allows. One thread at least reads while
 * others work on chunks, so that neither disk nor processor waits for the other.
 */
final class RegionQueue implements AutoCloseable {
    private static final long LOOK_MILLIS = 50;

    /** A piece of work. Exactly one of {@code part} and {@code chunk} says what. */
    record Job(OpenRegion region, @Nullable Box part, int chunk) {}

    private final IngestPlan plan;
    private final BufferAllocator allocator;
    private final Cancellation cancellation;
    private final int elementBytes;
    private final Deque<OpenRegion> open = new ArrayDeque<>();
    private long next;
    private int readsRunning;
    private boolean stopped;

    RegionQueue(IngestPlan plan, BufferAllocator allocator, Cancellation cancellation) {
        this.plan = plan;
        this.allocator = allocator;
        this.cancellation = cancellation;
        this.elementBytes = plan.spec().elementType().bytes();
    }

    /** The next piece of work; null when there is none any more. Waits for work that others make ready. */
    synchronized @Nullable Job take() {
        while (true) {
            cancellation.throwIfCancelled();
            if (stopped) {
                return null;
            }
            Job job = readsRunning == 0 ? read() : null;
            if (job == null) {
                job = chunk();
            }
            if (job == null) {
                job = read();
            }
            if (job != null) {
                return job;
            }
            if (open.isEmpty() && next == plan.regions()) {
                return null;
            }
            try {
                wait(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                cancellation.cancel();
            }
        }
    }

    private @Nullable Job chunk() {
        for (OpenRegion region : open) {
            if (region.hasChunks()) {
                return new Job(region, null, region.chunksBegun++);
            }
        }
        return null;
    }

    private @Nullable Job read() {
        for (OpenRegion region : open) {
            if (region.hasReads()) {
                return read(region);
            }
        }
        OpenRegion oldest = open.peekFirst();
        if (next == plan.regions() || (oldest != null && next - oldest.number >= plan.window())) {
            return null;
        }
        Box box = plan.region(next);
        ArrowBuf voxels = allocator.buffer(box.extent().voxels() * elementBytes);
        OpenRegion region = new OpenRegion(next++, box, voxels, plan.spec().chunk(), elementBytes, plan.readPlanes());
        open.addLast(region);
        return read(region);
    }

    private Job read(OpenRegion region) {
        region.readsRunning++;
        readsRunning++;
        return new Job(region, region.takeRead(), -1);
    }

    /** Says that a job is done. */
    synchronized void done(Job job) {
        OpenRegion region = job.region();
        if (job.part() != null) {
            region.readsRunning--;
            readsRunning--;
            notifyAll();
        } else if (++region.chunksDone == region.chunks) {
            open.remove(region);
            region.voxels.close();
            notifyAll();
        }
    }

    /** No more work is handed out. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Frees what is open; when no thread works any more. */
    @Override
    public synchronized void close() {
        open.forEach(region -> region.voxels.close());
        open.clear();
    }
}
