package io.voxelflight.flight.stream;

import io.voxelflight.blockio.assemble.ReadTally;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.admission.MemoryBudget;
import io.voxelflight.flight.admission.Pace;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.rounding.DefaultRoundingPolicy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running stream of blocks: reads ahead within its window and the common memory budget, in parallel and in any
 * order, and sends in order as the sink becomes ready. It is over when the last block's memory came back from the
 * network; then its allocator is empty and closed.
 */
final class BlockStream implements ReadPool.Reader {
    private static final Logger log = LoggerFactory.getLogger(BlockStream.class);

    /** What all streams share. */
    record Shared(
            MemoryBudget budget,
            ReadPools pools,
            Executor executor,
            ScheduledExecutorService clock,
            BufferAllocator allocator,
            StreamLimits limits,
            StreamEvents events) {}

    /** A block that was read, or why it could not be. */
    private record Outcome(
            @Nullable ArrowBuf tensor, @Nullable Throwable failure) {}

    private final Shared shared;
    private final StreamPlan plan;
    private final Request request;
    private final boolean first;
    private final Door door;
    private final Pace pace;
    private final BlockSink sink;
    private final Runnable onEnd;
    private final BufferAllocator allocator;
    private final Cancellation cancellation;
    private final ReadTally tally = new ReadTally();
    private final long started = System.nanoTime();
    private final AtomicInteger pumping = new AtomicInteger();
    private final Runnable wake;
    private final int window;
    /** What a block takes once it is read. */
    private final long blockCost;
    /** What it takes while it is read: the chunk from which it is cut comes on top. */
    private final long readCost;

    private final Map<Long, Outcome> read = new HashMap<>();
    private long nextRead;
    private long nextSend;
    /** Blocks being read, read, or not yet given back by the network. */
    private int held;

    private long sent;
    private boolean ended;
    private boolean closed;

    /**
     * @param plan becomes the stream's
     * @param request whose stream it is
     * @param first whether the request is counted by it
     * @param door at which it was asked for
     * @param pace how fast it may send
     * @param onEnd run once when all is given back
     */
    BlockStream(
            Shared shared,
            StreamPlan plan,
            Request request,
            boolean first,
            Door door,
            Pace pace,
            BlockSink sink,
            Runnable onEnd) {
        this.shared = shared;
        this.plan = plan;
        this.request = request;
        this.first = first;
        this.door = door;
        this.pace = pace;
        this.sink = sink;
        this.onEnd = onEnd;
        this.window = shared.limits().window(plan.blockBytes());
        this.blockCost = allocated(plan.blockBytes());
        this.readCost = readCost(plan);
        ReadPool pool = shared.pools().of(plan.array());
        this.wake = () -> pool.wake(this);
        this.cancellation = new Cancellation(pool::giveWay);
        this.allocator = shared.allocator()
                .newChildAllocator("stream of " + plan.dataset().name(), 0, Long.MAX_VALUE);
    }

    /** The memory that reading one block of a plan takes: a stream that gets that much can always go on. */
    static long readCost(StreamPlan plan) {
        long chunkBytes = plan.array().chunkBytes();
        boolean isChunk = plan.block().equals(plan.array().chunkShape()) && chunkBytes == plan.blockBytes();
        return allocated(plan.blockBytes()) + (isChunk ? 0 : allocated(chunkBytes));
    }

    private static long allocated(long bytes) {
        return DefaultRoundingPolicy.DEFAULT_ROUNDING_POLICY.getRoundedSize(bytes);
    }

    void start() {
        sink.start(plan);
        sink.onReady(() -> shared.executor().execute(this::pump)); // a long pump must not hold up the cancelling
        sink.onCancel(this::cancel);
        wake.run();
        pump(); // an empty stream is complete
    }

    @Override
    public String caller() {
        return request.caller().id();
    }

    @Override
    public @Nullable Runnable claim() {
        long index;
        synchronized (this) {
            if (ended || nextRead == plan.blocks().size() || held >= window) {
                return null;
            }
            if (!shared.budget().tryTake(caller(), readCost, held == 0, wake)) {
                return null;
            }
            index = nextRead++;
            held++;
        }
        return () -> read(index);
    }

    private void read(long index) {
        Outcome outcome;
        long start = System.nanoTime();
        try {
            cancellation.throwIfCancelled();
            PlannedBlock block = plan.blocks().at(index);
            outcome = new Outcome(
                    plan.array().readBlock(block.origin(), plan.block(), allocator, cancellation, tally), null);
            shared.events().blockRead(Duration.ofNanos(System.nanoTime() - start));
        } catch (RuntimeException | Error e) {
            outcome = new Outcome(null, e);
        }
        shared.budget().release(caller(), readCost - blockCost);
        synchronized (this) {
            if (!ended) {
                read.put(index, outcome);
                outcome = null;
            }
        }
        if (outcome == null) {
            pump();
        } else {
            drop(List.of(outcome));
        }
    }

    /** Sends what is read and next in order, as long as the sink is ready. One thread at a time, whoever comes. */
    private void pump() {
        if (pumping.getAndIncrement() != 0) {
            return; // who is at it will see it
        }
        int seen = 1;
        do {
            try {
                while (sendOne()) {
                    // on
                }
            } catch (RuntimeException | Error e) {
                fail(e);
            }
            seen = pumping.addAndGet(-seen);
        } while (seen != 0);
    }

    /** The clock's thread must not be kept. */
    private void pumpElsewhere() {
        shared.executor().execute(this::pump);
    }

    private boolean sendOne() {
        Outcome next;
        long index;
        synchronized (this) {
            if (ended) {
                return false;
            }
            index = nextSend;
            if (index == plan.blocks().size()) {
                next = null;
            } else {
                if (!sink.isReady()) {
                    return false;
                }
                if (!read.containsKey(index) || !pace.isReady(shared.clock(), this::pumpElsewhere)) {
                    return false;
                }
                next = read.remove(index);
                nextSend++;
            }
        }
        if (next == null) {
            sink.complete();
            end(StreamReport.Outcome.COMPLETED, null);
            return false;
        }
        ArrowBuf tensor = next.tensor();
        if (tensor == null) {
            drop(List.of(next));
            fail(next.failure() == null ? new IllegalStateException("no block and no failure") : next.failure());
            return false;
        }
        PlannedBlock block = plan.blocks().at(index);
        pace.sent(plan.blockBytes());
        synchronized (this) {
            sent++;
        }
        sink.send(block, tensor, this::returned);
        shared.events().blockSent(request, door, plan, block);
        return true;
    }

    /** A sent block's memory came back. */
    private void returned() {
        shared.budget().release(caller(), blockCost);
        if (less(1) <= window / 2) { // not for each block: waking a thread costs more than reading a cached one
            wake.run();
        }
    }

    /** Stops everything: nothing is read or sent from now on. */
    void cancel() {
        end(StreamReport.Outcome.CANCELLED, ErrorCode.CANCELLED);
    }

    /** Ends the stream because somebody other than the client wants it. */
    void stop(ServiceException why) {
        fail(why);
    }

    private void fail(Throwable failure) {
        boolean first;
        synchronized (this) {
            first = !ended;
        }
        if (first) {
            sink.fail(failure);
            ErrorCode code = code(failure);
            end(code == ErrorCode.CANCELLED ? StreamReport.Outcome.CANCELLED : StreamReport.Outcome.FAILED, code);
        }
    }

    static ErrorCode code(Throwable failure) {
        return failure instanceof ServiceException known
                ? known.code()
                : failure instanceof OutOfMemoryException ? ErrorCode.RESOURCE_EXHAUSTED : ErrorCode.INTERNAL;
    }

    private void end(StreamReport.Outcome outcome, @Nullable ErrorCode failure) {
        List<Outcome> unsent;
        long blocks;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            unsent = new ArrayList<>(read.values());
            read.clear();
            blocks = sent;
        }
        cancellation.cancel();
        shared.budget().forget(wake);
        shared.events()
                .ended(new StreamReport(
                        request,
                        first,
                        door,
                        new Request.Subject(plan.dataset().id(), plan.dataset().name()),
                        plan.level(),
                        blocks,
                        blocks * plan.blockBytes(),
                        tally.chunks(),
                        tally.cacheHits(),
                        outcome,
                        failure,
                        Duration.ofNanos(System.nanoTime() - started)));
        drop(unsent);
    }

    private void drop(List<Outcome> unsent) {
        for (Outcome outcome : unsent) {
            if (outcome.tensor() != null) {
                outcome.tensor().close();
            }
            shared.budget().release(caller(), blockCost);
        }
        less(unsent.size());
    }

    /**
     * Fewer blocks are held; the last one of an ended stream closes the door behind it.
     *
     * @return how many are held now
     */
    private int less(int blocks) {
        synchronized (this) {
            held -= blocks;
            if (!ended || held > 0 || closed) {
                return held;
            }
            closed = true;
        }
        try {
            allocator.close();
        } catch (IllegalStateException e) {
            log.error("a stream ended with memory in its allocator", e);
        } finally {
            plan.close();
            onEnd.run();
        }
        return 0;
    }
}
