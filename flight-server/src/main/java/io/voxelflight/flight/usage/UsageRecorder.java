package io.voxelflight.flight.usage;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.voxelflight.catalog.api.BlockAccess;
import io.voxelflight.catalog.api.UsageLog;
import io.voxelflight.catalog.api.UsageRow;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import io.voxelflight.flight.stream.StreamEvents;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes down usage and accesses to blocks: in memory at once, in the database by a thread of its own, in batches. While the
 * database does not answer they wait, a bounded number; what finds no room is dropped and counted. Nobody waits for it.
 */
public final class UsageRecorder implements CallReports, StreamEvents, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UsageRecorder.class);

    private static final int SUMS = 10_000;
    private static final int ACCESSES = 1 << 16;
    private static final int ACCESSES_AT_ONCE = 8192;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private final UsageLog store;
    private final double share;
    private final int keepDays;
    private final Clock clock;
    private final UUID writer = UUID.randomUUID();
    private final UsageCounter counter;
    private final ArrayBlockingQueue<BlockAccess> accesses = new ArrayBlockingQueue<>(ACCESSES);
    private final AtomicLong droppedAccesses = new AtomicLong();
    private final AtomicLong droppedSums = new AtomicLong();
    private final ScheduledExecutorService writing;

    // of the writing thread
    private long batch;
    private List<UsageRow> unwritten = List.of();
    private List<BlockAccess> unwrittenAccesses = List.of();
    private LocalDate prepared = LocalDate.MIN;
    private boolean warned;

    /**
     * @param share of the accesses to blocks that are logged: 0 none, 1 all
     * @param keepDays for how many days they are kept
     * @param every how often is written
     */
    public UsageRecorder(
            UsageLog store, double share, int keepDays, Duration every, Clock clock, MeterRegistry metrics) {
        this.store = store;
        this.share = share;
        this.keepDays = keepDays;
        this.clock = clock;
        this.counter = new UsageCounter(clock, SUMS);
        this.writing = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "usage-writer");
            thread.setDaemon(true);
            return thread;
        });
        FunctionCounter.builder("voxelflight.usage.dropped", counter, it -> it.dropped() + droppedSums.get())
                .description("Calls, or sums of several, that are in no row of the table usage")
                .register(metrics);
        FunctionCounter.builder("voxelflight.access.log.dropped", droppedAccesses, AtomicLong::get)
                .description("Accesses to blocks that were to be logged and are not")
                .register(metrics);
        Gauge.builder("voxelflight.access.log.waiting", accesses, ArrayBlockingQueue::size)
                .description("Accesses to blocks that wait to be written")
                .register(metrics);
        Future<?> unused =
                writing.scheduleWithFixedDelay(this::write, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void ended(CallReport report) {
        counter.ended(report);
    }

    @Override
    public void blockSent(Request request, Door door, StreamPlan plan, PlannedBlock block) {
        if (share <= 0 || (share < 1 && ThreadLocalRandom.current().nextDouble() >= share)) {
            return;
        }
        boolean room = accesses.offer(new BlockAccess(
                clock.instant(),
                request.id(),
                request.caller().id(),
                request.caller().name(),
                plan.dataset().id(),
                plan.dataset().name().value(),
                door.toString(),
                plan.level(),
                block.origin()));
        if (!room) {
            droppedAccesses.incrementAndGet();
        }
    }

    /** Writes what waits, as far as the database takes it. */
    private void write() {
        try {
            writeUsage();
            writeAccesses();
            warned = false;
        } catch (RuntimeException e) {
            if (!warned) {
                warned = true;
                log.warn("usage cannot be written, it waits in memory: {}", e.getMessage());
            }
        }
    }

    private void writeUsage() {
        if (unwritten.isEmpty()) {
            unwritten = counter.take();
            batch++;
        }
        if (!unwritten.isEmpty()) {
            try {
                store.add(writer, batch, unwritten); // again with the same number, should it fail: it is counted once
            } catch (ServiceException e) {
                dropIfRefused(e, droppedSums, unwritten.size());
            }
            unwritten = List.of();
        }
    }

    private void writeAccesses() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (!today.equals(prepared)) {
            store.prepareDays(today, keepDays);
            prepared = today;
        }
        while (!unwrittenAccesses.isEmpty() || !accesses.isEmpty()) {
            if (unwrittenAccesses.isEmpty()) {
                List<BlockAccess> next = new ArrayList<>();
                accesses.drainTo(next, ACCESSES_AT_ONCE);
                unwrittenAccesses = next;
            }
            try {
                store.append(unwrittenAccesses);
            } catch (ServiceException e) {
                dropIfRefused(e, droppedAccesses, unwrittenAccesses.size());
            }
            unwrittenAccesses = List.of();
        }
    }

    /** What the database refuses now it will refuse again, and must not stand in the way of what comes later. */
    private static void dropIfRefused(ServiceException failure, AtomicLong dropped, int rows) {
        if (failure.code() == ErrorCode.UNAVAILABLE) {
            throw failure;
        }
        dropped.addAndGet(rows);
        log.error("{} rows of usage are lost", rows, failure);
    }

    /** Writes what is left, unless that takes too long. Those who report must have ended. */
    @Override
    public void close() {
        try {
            Future<?> last = writing.submit(this::write);
            writing.shutdown();
            last.get(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (warned) {
                log.warn("the usage of the last moments could not be written and is lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
            log.warn("the usage of the last moments could not be written in time and is lost");
        } finally {
            writing.shutdownNow();
        }
    }
}
