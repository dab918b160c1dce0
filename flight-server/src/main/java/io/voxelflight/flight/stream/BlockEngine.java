package io.voxelflight.flight.stream;

import io.voxelflight.blockio.assemble.VolumeOpener;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.flight.admission.Limits;
import io.voxelflight.flight.admission.MemoryBudget;
import io.voxelflight.flight.admission.StreamGate;
import io.voxelflight.flight.plan.OpenVolumes;
import io.voxelflight.flight.plan.PlanLimits;
import io.voxelflight.flight.plan.Planner;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What serves blocks, whatever the door at which they were asked for: one planner, one set of open volumes, one gate and
 * one budget. Doors are closed before it.
 */
public final class BlockEngine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BlockEngine.class);

    private static final int OPENING_THREADS = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SWEEP = Duration.ofSeconds(30);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** The largest block, as a part of the memory of all streams. */
    private static final int BLOCKS_IN_MEMORY = 4;

    private final ThreadPoolExecutor opening;
    private final ThreadPoolExecutor sending;
    private final ScheduledExecutorService clock;
    private final ReadPools pools;
    private final OpenVolumes volumes;
    private final Planner planner;
    private final StreamGate gate;
    private final MemoryBudget budget;
    private final Limits limits;
    private final BlockStreams streams;
    private final BufferAllocator allocator;

    /** Without bounds for each caller. */
    public BlockEngine(
            int maxStreams,
            long memoryBytes,
            BufferAllocator parent,
            DatasetReader datasets,
            VolumeOpener opener,
            StreamMetrics metrics) {
        this(maxStreams, memoryBytes, parent, datasets, opener, metrics, Limits.NONE, StreamEvents.NONE);
    }

    /**
     * @param maxStreams streams that run at once
     * @param memoryBytes what all streams together hold at most
     * @param callers what each caller may take
     * @param more told of what happens, beside the metrics
     * @param parent a child of it accounts for what is on its way to clients
     */
    public BlockEngine(
            int maxStreams,
            long memoryBytes,
            BufferAllocator parent,
            DatasetReader datasets,
            VolumeOpener opener,
            StreamMetrics metrics,
            Limits callers,
            StreamEvents more) {
        if (maxStreams < 1) {
            throw new IllegalArgumentException("at least one stream must be allowed, not " + maxStreams);
        }
        if (memoryBytes < 1 << 20) {
            throw new IllegalArgumentException("streams need at least 1 MiB of memory, not " + memoryBytes + " bytes");
        }
        // opens tickets and volumes, which waits for the database and for stores
        opening = threads("block-open-", OPENING_THREADS);
        // sends blocks: nothing that waits
        sending = threads("block-send-", Math.max(2, Runtime.getRuntime().availableProcessors()));
        clock = Executors.newSingleThreadScheduledExecutor(named("block-clock-"));
        allocator = parent.newChildAllocator("blocks", 0, Long.MAX_VALUE);
        limits = callers;
        PlanLimits bounds = PlanLimits.usual(memoryBytes / BLOCKS_IN_MEMORY);
        volumes = new OpenVolumes(opener, bounds.openVolumes());
        planner = new Planner(datasets, volumes, bounds);
        gate = new StreamGate(maxStreams, PATIENCE, clock, opening);
        budget = new MemoryBudget(memoryBytes);
        pools = ReadPools.forThisMachine();
        streams = new BlockStreams(
                planner,
                gate,
                callers,
                budget,
                pools,
                sending,
                clock,
                allocator,
                StreamLimits.DEFAULT,
                metrics.and(more));
        metrics.watch(gate, budget);
        Future<?> unused = clock.scheduleWithFixedDelay(
                () -> forgetRemoved(datasets, volumes), SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    }

    public Planner planner() {
        return planner;
    }

    public BlockStreams streams() {
        return streams;
    }

    public StreamGate gate() {
        return gate;
    }

    /** What each caller may take. */
    public Limits limits() {
        return limits;
    }

    public MemoryBudget budget() {
        return budget;
    }

    /** Runs what passes blocks on and never waits. */
    public Executor sending() {
        return sending;
    }

    /** Bytes that are allocated for clients now. */
    public long allocatedBytes() {
        return allocator.getAllocatedMemory();
    }

    /** Closes volumes whose datasets were removed, so that their files' space comes free. */
    private static void forgetRemoved(DatasetReader datasets, OpenVolumes volumes) {
        try {
            Set<UUID> gone = new HashSet<>(volumes.ids());
            if (!gone.isEmpty()) {
                datasets.datasets().stream().map(Dataset::id).forEach(gone::remove);
                volumes.forget(gone);
            }
        } catch (RuntimeException e) {
            log.debug("could not look for removed datasets, will try again", e);
        }
    }

    /** Gives everything back once the last buffers have come back from the network, a moment after the doors closed. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + DRAIN.toNanos();
        try {
            while ((allocator.getAllocatedMemory() > 0 || gate.running() > 0) && System.nanoTime() < deadline) {
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List.of(clock, opening, sending).forEach(ExecutorService::shutdownNow);
        pools.close();
        volumes.close();
        allocator.close();
    }

    private static ThreadPoolExecutor threads(String name, int count) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(count, count, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
