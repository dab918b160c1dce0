package io.voxelflight.flight.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.plan.FlightPlan;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.stream.BlockSchema;
import io.voxelflight.flight.stream.BlockStreams;
import io.voxelflight.flight.stream.FlightErrors;
import io.voxelflight.flight.stream.FrameCall;
import io.voxelflight.flight.stream.ListenerSink;
import io.voxelflight.flight.stream.PlacedListener;
import io.voxelflight.flight.ticket.BlockRequest;
import io.voxelflight.flight.ticket.BlockTicket;
import io.voxelflight.flight.ticket.CommandReader;
import io.voxelflight.flight.ticket.TicketSeal;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;

/** Routes Flight calls: commands and tickets of ours to the planner and the block streams, all others to Flight SQL. */
final class DoorProducer implements FlightProducer {
    private final CommandReader commands;
    private final TicketSeal seal;
    private final BlockEngine blocks;
    private final Planner planner;
    private final BlockStreams streams;
    private final FlightProducer sql;
    private final DoorActions actions;
    private final Location location;
    private final Executor executor;
    private final BufferAllocator allocator;
    private final Clock clock;

    /**
     * @param blocks serves blocks
     * @param executor runs what may wait: the opening of tickets
     * @param allocator for the fallback's small columns
     */
    DoorProducer(
            CommandReader commands,
            TicketSeal seal,
            BlockEngine blocks,
            FlightProducer sql,
            DoorActions actions,
            Location location,
            Executor executor,
            BufferAllocator allocator,
            Clock clock) {
        this.commands = commands;
        this.seal = seal;
        this.blocks = blocks;
        this.planner = blocks.planner();
        this.streams = blocks.streams();
        this.sql = sql;
        this.actions = actions;
        this.location = location;
        this.executor = executor;
        this.allocator = allocator;
        this.clock = clock;
    }

    @Override
    public void listFlights(CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        try {
            if (criteria.getExpression().length > 0) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        "ListFlights takes no criteria, '"
                                + new String(criteria.getExpression(), StandardCharsets.UTF_8)
                                + "' was given: list all and choose");
            }
            Caller caller = CallMiddleware.caller(context);
            for (FlightPlan plan : planner.planAll(caller)) {
                listener.onNext(
                        info(plan, FlightDescriptor.path(plan.dataset().name().value()), caller));
            }
            listener.onCompleted();
        } catch (RuntimeException e) {
            listener.onError(FlightErrors.of(e));
        }
    }

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        if (!isOurs(descriptor)) {
            return told(() -> sql.getFlightInfo(forSql(context), descriptor));
        }
        Request request = CallMiddleware.request(context);
        return told(() -> {
            FlightPlan plan = planner.plan(request(descriptor), request.caller());
            request.about(plan.dataset().id(), plan.dataset().name());
            return info(plan, descriptor, request.caller());
        });
    }

    /** Blocks are there at once; a statement may be polled. */
    @Override
    public PollInfo pollFlightInfo(CallContext context, FlightDescriptor descriptor) {
        if (!isOurs(descriptor)) {
            return told(() -> sql.pollFlightInfo(forSql(CallMiddleware.ofPoll(context)), descriptor));
        }
        return FlightProducer.super.pollFlightInfo(context, descriptor);
    }

    @Override
    public SchemaResult getSchema(CallContext context, FlightDescriptor descriptor) {
        if (!isOurs(descriptor)) {
            return told(() -> sql.getSchema(forSql(context), descriptor));
        }
        return told(() -> {
            Request request = CallMiddleware.request(context);
            FlightPlan plan = planner.plan(request(descriptor), request.caller());
            request.about(plan.dataset().id(), plan.dataset().name());
            return new SchemaResult(BlockSchema.of(plan.dataset(), plan.level().level(), plan.block()));
        });
    }

    private static boolean isOurs(FlightDescriptor descriptor) {
        if (!descriptor.isCommand() || CommandReader.isCommand(descriptor.getCommand())) {
            return true;
        }
        if (!isFlightSql(descriptor.getCommand())) {
            throw FlightErrors.of(new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the command is neither a JSON object nor one of Flight SQL; docs/protocol.md describes it"));
        }
        return false;
    }

    /** Flight SQL's commands and tickets are protobuf messages packed into an Any. */
    private static boolean isFlightSql(byte[] message) {
        try {
            return !Any.parseFrom(message).getTypeUrl().isEmpty();
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private BlockRequest request(FlightDescriptor descriptor) {
        return descriptor.isCommand() ? commands.command(descriptor.getCommand()) : commands.path(descriptor.getPath());
    }

    private FlightInfo info(FlightPlan plan, FlightDescriptor descriptor, Caller caller) {
        UUID flight = UUID.randomUUID();
        Instant expires = clock.instant().plus(TicketSeal.TICKET_LIFE).truncatedTo(ChronoUnit.SECONDS);
        List<FlightEndpoint> endpoints = new ArrayList<>();
        for (BlockTicket.Part part : plan.parts()) {
            BlockTicket ticket = new BlockTicket(
                    flight,
                    caller.id(),
                    plan.dataset().id(),
                    plan.dataset().name(),
                    plan.level().level(),
                    plan.block(),
                    expires,
                    part);
            endpoints.add(FlightEndpoint.builder(new Ticket(seal.seal(ticket)), location)
                    .setExpirationTime(expires)
                    .build());
        }
        return FlightInfo.builder(
                        BlockSchema.of(plan.dataset(), plan.level().level(), plan.block()), descriptor, endpoints)
                .setBytes(plan.bytes())
                .setRecords(plan.blocks())
                .setOrdered(true)
                .build();
    }

    /** Our own DoGet arrives here. */
    void answer(CallContext context, Ticket ticket, FrameCall call) {
        if (TicketSeal.isTicket(ticket.getBytes())) {
            streams.start(open(ticket), CallMiddleware.request(context), Door.FLIGHT, call.blocks());
        } else {
            checkFlightSql(ticket);
            rows(context, ticket, call.batches());
        }
    }

    /** Rows take one of the caller's places, if the caller has a bounded number of them. */
    private void rows(CallContext context, Ticket ticket, ServerStreamListener listener) {
        Caller caller = CallMiddleware.caller(forSql(context));
        int bound = blocks.limits().streams(caller);
        if (bound == Integer.MAX_VALUE) {
            sql.getStream(context, ticket, listener);
            return;
        }
        new PlacedListener(
                        listener, blocks.gate(), caller.id(), bound, placed -> sql.getStream(context, ticket, placed))
                .enter();
    }

    /** Statements are told apart from blocks, though they come to the same port. */
    private static CallContext forSql(CallContext context) {
        CallMiddleware.request(context).to(Door.SQL);
        return context;
    }

    /** Flight's own DoGet arrives here. */
    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
        if (!TicketSeal.isTicket(ticket.getBytes())) {
            told(() -> {
                checkFlightSql(ticket);
                rows(context, ticket, listener);
                return ticket;
            });
            return;
        }
        Request request = CallMiddleware.request(context);
        ListenerSink sink = new ListenerSink(listener, allocator);
        executor.execute(() -> {
            try {
                streams.start(open(ticket), request, Door.FLIGHT, sink);
            } catch (RuntimeException e) {
                sink.fail(e);
            }
        });
    }

    private static void checkFlightSql(Ticket ticket) {
        if (!isFlightSql(ticket.getBytes())) {
            throw new ServiceException(
                    ErrorCode.UNAUTHENTICATED, "the ticket is none of this server's: ask for one with GetFlightInfo");
        }
    }

    /**
     * Opens a ticket of ours.
     *
     * @throws ServiceException UNAUTHENTICATED; CANCELLED if its flight was cancelled
     */
    private BlockTicket open(Ticket ticket) {
        BlockTicket opened = seal.open(ticket.getBytes(), clock.instant());
        actions.checkNotCancelled(opened.flight());
        return opened;
    }

    @Override
    public Runnable acceptPut(CallContext context, FlightStream stream, StreamListener<PutResult> acknowledgements) {
        if (isOurs(stream.getDescriptor())) {
            throw FlightErrors.of(new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "DoPut of blocks is not there yet: ingest volumes with 'voxelflight ingest'"));
        }
        return told(() -> sql.acceptPut(forSql(context), stream, acknowledgements));
    }

    @Override
    public void doExchange(CallContext context, FlightStream reader, ServerStreamListener writer) {
        writer.error(FlightErrors.of(new ServiceException(
                ErrorCode.UNSUPPORTED, "DoExchange is not there yet: use GetFlightInfo with 'origins', then DoGet")));
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
        try {
            if (!actions.run(action, CallMiddleware.caller(context), listener)) {
                sql.doAction(forSql(context), action, listener);
            }
        } catch (RuntimeException e) {
            listener.onError(FlightErrors.of(e));
        }
    }

    @Override
    public void listActions(CallContext context, StreamListener<ActionType> listener) {
        Set<String> listed = new HashSet<>();
        for (ActionType ours : actions.types()) {
            listed.add(ours.getType());
            listener.onNext(ours);
        }
        sql.listActions(context, new StreamListener<>() {
            @Override
            public void onNext(ActionType type) {
                if (listed.add(type.getType())) {
                    listener.onNext(type);
                }
            }

            @Override
            public void onError(Throwable failure) {
                listener.onError(failure);
            }

            @Override
            public void onCompleted() {
                listener.onCompleted();
            }
        });
    }

    private static <T> T told(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw FlightErrors.of(e);
        }
    }
}
