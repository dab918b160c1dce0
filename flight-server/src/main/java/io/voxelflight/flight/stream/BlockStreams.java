package io.voxelflight.flight.stream;

import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.admission.Limits;
import io.voxelflight.flight.admission.MemoryBudget;
import io.voxelflight.flight.admission.StreamGate;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.flight.plan.StreamPlan;
import io.voxelflight.flight.ticket.BlockTicket;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** All running streams of blocks: starts them when there is room, and stops those of a cancelled flight. */
public final class BlockStreams {
    private final Planner planner;
    private final StreamGate gate;
    private final Limits limits;
    private final BlockStream.Shared shared;
    private final Map<UUID, Set<BlockStream>> byFlight = new HashMap<>();

    /**
     * @param callers what each of them may take
     * @param executor runs what must not be kept: the sending of blocks that are read
     * @param clock runs what is short, later
     * @param allocator its children hold the streams' blocks
     */
    public BlockStreams(
            Planner planner,
            StreamGate gate,
            Limits callers,
            MemoryBudget budget,
            ReadPools pools,
            Executor executor,
            ScheduledExecutorService clock,
            BufferAllocator allocator,
            StreamLimits limits,
            StreamEvents events) {
        this.planner = planner;
        this.gate = gate;
        this.limits = callers;
        this.shared = new BlockStream.Shared(budget, pools, executor, clock, allocator, limits, events);
    }

    /**
     * Answers a caller's ticket when its turn comes. Waits for nothing; errors go to the sink.
     *
     * @param door at which it was asked for
     */
    public void start(BlockTicket ticket, Request request, Door door, BlockSink sink) {
        Admission admission = new Admission(ticket, request, door, sink);
        admission.enter();
    }

    /** Stops the streams of a flight that run now, and says how many there were. */
    public int cancel(UUID flight) {
        Set<BlockStream> running;
        synchronized (byFlight) {
            running = Set.copyOf(byFlight.getOrDefault(flight, Set.of()));
        }
        running.forEach(stream ->
                stream.stop(new ServiceException(ErrorCode.CANCELLED, "the flight was cancelled by CancelFlightInfo")));
        return running.size();
    }

    private void add(UUID flight, BlockStream stream) {
        synchronized (byFlight) {
            byFlight.computeIfAbsent(flight, id -> new HashSet<>()).add(stream);
        }
    }

    private void remove(UUID flight, BlockStream stream) {
        synchronized (byFlight) {
            Set<BlockStream> streams = byFlight.get(flight);
            if (streams != null) {
                streams.remove(stream);
                if (streams.isEmpty()) {
                    byFlight.remove(flight);
                }
            }
        }
    }

    /** One ticket on its way from the gate to its stream. */
    private final class Admission {
        private final BlockTicket ticket;
        private final Request request;
        private final Door door;
        private final BlockSink sink;
        private final long asked = System.nanoTime();
        private final boolean first;
        private final AtomicBoolean told = new AtomicBoolean();
        private final StreamGate.Pass pass;

        Admission(BlockTicket ticket, Request request, Door door, BlockSink sink) {
            this.ticket = ticket;
            this.request = request;
            this.first = request.count();
            this.door = door;
            this.sink = sink;
            this.pass = gate.pass(
                    request.caller().id(),
                    StreamGate.Kind.BLOCKS,
                    limits.streams(request.caller()),
                    this::run,
                    this::refused);
        }

        void enter() {
            sink.onCancel(this::gone); // first: run() sets another
            if (sink.isCancelled()) {
                gone();
            } else if (planner.isOpen(ticket)) {
                pass.enterHere(); // handing over to another thread takes longer than all there is to do
            } else {
                pass.enter();
            }
        }

        /** The client did not wait for its turn. */
        private void gone() {
            pass.leave();
            ended(StreamReport.Outcome.CANCELLED, ErrorCode.CANCELLED);
        }

        /** Tells once how it ended before there was a stream. */
        private void ended(StreamReport.Outcome outcome, ErrorCode failure) {
            if (told.compareAndSet(false, true)) {
                shared.events()
                        .ended(new StreamReport(
                                request,
                                first,
                                door,
                                request.subject(),
                                ticket.level(),
                                0,
                                0,
                                0,
                                0,
                                outcome,
                                failure,
                                Duration.ofNanos(System.nanoTime() - asked)));
            }
        }

        private void refused(ServiceException why) {
            sink.fail(why);
            ended(StreamReport.Outcome.REFUSED, why.code());
        }

        private void run() {
            if (sink.isCancelled()) {
                gone();
                return;
            }
            StreamPlan plan;
            try {
                plan = planner.open(ticket, request.caller());
                long needed = BlockStream.readCost(plan);
                if (needed > shared.budget().limit()) {
                    plan.close();
                    throw new ServiceException(
                            ErrorCode.RESOURCE_EXHAUSTED,
                            "reading a block of " + plan.block() + " takes " + needed
                                    + " bytes, all streams together may hold "
                                    + shared.budget().limit()
                                    + ": ask for smaller blocks");
                }
            } catch (RuntimeException | Error e) {
                pass.leave();
                sink.fail(e);
                ErrorCode code = BlockStream.code(e);
                ended(StreamReport.Outcome.FAILED, code);
                return;
            }
            start(plan);
        }

        private void start(StreamPlan plan) {
            told.set(true); // the stream tells of its end
            Ended ended = new Ended();
            BlockStream stream =
                    new BlockStream(shared, plan, request, first, door, limits.pace(request.caller()), sink, ended);
            ended.stream = stream;
            add(ticket.flight(), stream);
            stream.start();
        }

        private final class Ended implements Runnable {
            @Nullable
            private BlockStream stream;

            @Override
            public void run() {
                if (stream != null) {
                    remove(ticket.flight(), stream);
                }
                pass.leave();
            }
        }
    }
}
