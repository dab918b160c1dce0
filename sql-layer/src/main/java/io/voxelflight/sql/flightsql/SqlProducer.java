package io.voxelflight.sql.flightsql;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.PreparedQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutPreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The Flight SQL service. It keeps nothing between calls: tickets and prepared statements carry the statement's text
 * ({@link StatementHandle}), and asking for a FlightInfo runs nothing. Every result has one endpoint without a location:
 * the server that was asked.
 */
public final class SqlProducer extends MetadataCalls {
    /** How long a poll waits for first rows: the first is answered soon, as the protocol asks. */
    private static final Duration FIRST_POLL = Duration.ofMillis(100);

    private static final Duration NEXT_POLL = Duration.ofSeconds(5);

    private final SqlEngine engine;
    private final VisibilityPolicy visibility;
    private final StatementEvents events;
    private final StatementRunner runner;
    private final BufferAllocator allocator;

    public SqlProducer(SqlEngine engine) {
        this(engine, VisibilityPolicy.ALL);
    }

    public SqlProducer(SqlEngine engine, VisibilityPolicy visibility) {
        this(engine, visibility, StatementEvents.NONE);
    }

    /** @param events told of statements that run */
    public SqlProducer(SqlEngine engine, VisibilityPolicy visibility, StatementEvents events) {
        this(engine, visibility, events, new StatementRunner(engine));
    }

    private SqlProducer(SqlEngine engine, VisibilityPolicy visibility, StatementEvents events, StatementRunner runner) {
        super(engine, runner);
        this.engine = engine;
        this.visibility = visibility;
        this.events = events;
        this.runner = runner;
        this.allocator = engine.allocator();
    }

    /** Ends what runs; the engine stays open. */
    @Override
    public void close() {
        runner.close();
    }

    // statements

    @Override
    public FlightInfo getFlightInfoStatement(
            CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return answering(() -> {
            refuseTransaction(
                    command.hasTransactionId() && !command.getTransactionId().isEmpty());
            PreparedQuery query = prepare(command.getQuery(), context);
            return flightInfo(query.schema(), descriptor, ticket(StatementHandle.of(command.getQuery())));
        });
    }

    @Override
    public SchemaResult getSchemaStatement(
            CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return answering(
                () -> new SchemaResult(prepare(command.getQuery(), context).schema()));
    }

    @Override
    public void getStreamStatement(TicketStatementQuery ticket, CallContext context, ServerStreamListener listener) {
        stream(ticket.getStatementHandle(), context, listener);
    }

    @Override
    public void createPreparedStatement(
            ActionCreatePreparedStatementRequest request, CallContext context, StreamListener<Result> listener) {
        try {
            refuseTransaction(
                    request.hasTransactionId() && !request.getTransactionId().isEmpty());
            PreparedQuery query = prepare(request.getQuery(), context);
            ActionCreatePreparedStatementResult result = ActionCreatePreparedStatementResult.newBuilder()
                    .setPreparedStatementHandle(
                            StatementHandle.of(request.getQuery()).encode())
                    .setDatasetSchema(serialized(query.schema()))
                    .setParameterSchema(serialized(query.parameterSchema()))
                    .build();
            listener.onNext(new Result(Any.pack(result).toByteArray()));
            listener.onCompleted();
        } catch (RuntimeException e) {
            listener.onError(FlightErrors.ofPrepare(e));
        }
    }

    @Override
    public void closePreparedStatement(
            ActionClosePreparedStatementRequest request, CallContext context, StreamListener<Result> listener) {
        listener.onCompleted(); // nothing is kept
    }

    @Override
    public FlightInfo getFlightInfoPreparedStatement(
            CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return answering(() -> {
            StatementHandle handle = StatementHandle.decode(command.getPreparedStatementHandle());
            return flightInfo(prepare(handle.statement(), context).schema(), descriptor, ticket(handle));
        });
    }

    @Override
    public SchemaResult getSchemaPreparedStatement(
            CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return answering(() -> {
            StatementHandle handle = StatementHandle.decode(command.getPreparedStatementHandle());
            return new SchemaResult(prepare(handle.statement(), context).schema());
        });
    }

    @Override
    public void getStreamPreparedStatement(
            CommandPreparedStatementQuery command, CallContext context, ServerStreamListener listener) {
        stream(command.getPreparedStatementHandle(), context, listener);
    }

    /** Binds values: the answer is a new handle that carries them. */
    @Override
    public Runnable acceptPutPreparedStatementQuery(
            CommandPreparedStatementQuery command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> listener) {
        return () -> {
            try {
                StatementHandle handle = StatementHandle.decode(command.getPreparedStatementHandle());
                PreparedQuery query = prepare(handle.statement(), context);
                byte[] values = BoundParameters.read(stream, query.translation().parameters());
                DoPutPreparedStatementResult result = DoPutPreparedStatementResult.newBuilder()
                        .setPreparedStatementHandle(handle.bind(values).encode())
                        .build();
                ArrowBuf buffer = allocator.buffer(result.getSerializedSize());
                try (PutResult put = PutResult.metadata(buffer)) { // closes the buffer
                    buffer.writeBytes(result.toByteArray());
                    listener.onNext(put);
                }
                listener.onCompleted();
            } catch (RuntimeException e) {
                listener.onError(FlightErrors.of(e));
            }
        };
    }

    // long statements

    /**
     * Begins a statement at the first call, and says at the next ones whether it has rows to be taken. The descriptor to
     * poll with carries the statement: another server begins it there.
     */
    @Override
    public PollInfo pollFlightInfo(CallContext context, FlightDescriptor descriptor) {
        return answering(() -> {
            Any command = command(descriptor.getCommand());
            boolean first = !command.is(TicketStatementQuery.class);
            StatementHandle handle;
            if (command.is(CommandStatementQuery.class)) {
                CommandStatementQuery query = unpack(command, CommandStatementQuery.class);
                refuseTransaction(
                        query.hasTransactionId() && !query.getTransactionId().isEmpty());
                handle = StatementHandle.of(query.getQuery()).toRun();
            } else if (command.is(CommandPreparedStatementQuery.class)) {
                handle = StatementHandle.decode(unpack(command, CommandPreparedStatementQuery.class)
                                .getPreparedStatementHandle())
                        .toRun();
            } else if (first) {
                return new PollInfo(getFlightInfo(context, descriptor), null, 1.0, null);
            } else {
                handle = StatementHandle.decode(
                        unpack(command, TicketStatementQuery.class).getStatementHandle());
            }
            Schema schema = prepare(handle.statement(), context).schema();
            byte[] ticket = Any.pack(TicketStatementQuery.newBuilder()
                            .setStatementHandle(handle.encode())
                            .build())
                    .toByteArray();
            boolean ready = runner.poll(
                    handle.run(),
                    () -> events.begin(context),
                    prepared(handle, context),
                    first ? FIRST_POLL : NEXT_POLL);
            if (ready) {
                FlightEndpoint endpoint = new FlightEndpoint(new Ticket(ticket));
                return new PollInfo(new FlightInfo(schema, descriptor, List.of(endpoint), -1, -1), null, 1.0, null);
            }
            FlightDescriptor again = FlightDescriptor.command(ticket);
            Instant end = Instant.now().plus(engine.limits().statementTimeout());
            return new PollInfo(new FlightInfo(schema, again, List.of(), -1, -1), again, null, end);
        });
    }

    /** Stops a statement by its FlightInfo, at whichever server it runs, or before it runs here. */
    @Override
    public void cancelFlightInfo(
            CancelFlightInfoRequest request, CallContext context, StreamListener<CancelStatus> listener) {
        try {
            CancelStatus status = CancelStatus.NOT_CANCELLABLE; // metadata is there at once
            for (FlightEndpoint endpoint : request.getInfo().getEndpoints()) {
                Any ticket = command(endpoint.getTicket().getBytes());
                if (ticket.is(TicketStatementQuery.class)) {
                    cancel(unpack(ticket, TicketStatementQuery.class).getStatementHandle());
                    status = CancelStatus.CANCELLED;
                }
            }
            // the info of a statement that is polled has no endpoint yet
            byte[] polled = request.getInfo().getDescriptor().getCommand();
            if (polled != null && command(polled).is(TicketStatementQuery.class)) {
                cancel(unpack(command(polled), TicketStatementQuery.class).getStatementHandle());
                status = CancelStatus.CANCELLED;
            }
            listener.onNext(status);
            listener.onCompleted();
        } catch (RuntimeException e) {
            listener.onError(FlightErrors.of(e));
        }
    }

    private void cancel(ByteString handle) {
        UUID run = StatementHandle.decode(handle).run();
        runner.cancel(run);
        engine.cancel(run);
    }

    @Override
    public void listFlights(CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        listener.onCompleted();
    }

    private PreparedQuery prepare(String statement, CallContext context) {
        return engine.prepare(statement, visibility.of(context));
    }

    private void stream(ByteString bytes, CallContext context, ServerStreamListener listener) {
        try {
            StatementHandle handle = StatementHandle.decode(bytes);
            runner.stream(handle.run(), listener, () -> events.begin(context), prepared(handle, context));
        } catch (RuntimeException e) {
            listener.error(FlightErrors.of(e));
        }
    }

    private Supplier<Execution> prepared(StatementHandle handle, CallContext context) {
        return () -> {
            PreparedQuery query = prepare(handle.statement(), context);
            return engine.execution(
                    query, BoundParameters.literals(handle, query.translation().parameters(), allocator), handle.run());
        };
    }

    /** Stands for a run of the statement. */
    private static TicketStatementQuery ticket(StatementHandle handle) {
        return TicketStatementQuery.newBuilder()
                .setStatementHandle(handle.toRun().encode())
                .build();
    }

    private static Any command(byte[] message) {
        try {
            return Any.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw unknownCommand(e);
        }
    }

    private static <T extends Message> T unpack(Any message, Class<T> type) {
        try {
            return message.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw unknownCommand(e);
        }
    }

    private static ServiceException unknownCommand(InvalidProtocolBufferException cause) {
        return new ServiceException(
                ErrorCode.INVALID_ARGUMENT, "the command or ticket is not one of Flight SQL's messages", cause);
    }

    private static ByteString serialized(Schema schema) {
        return ByteString.copyFrom(Metadata.serialized(schema));
    }

    private static void refuseTransaction(boolean given) {
        if (given) {
            throw noTransaction();
        }
    }

    private static <T> T answering(Supplier<T> answer) {
        try {
            return answer.get();
        } catch (RuntimeException e) {
            throw FlightErrors.of(e);
        }
    }
}
