package io.voxelflight.sql.flightsql;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.translate.Visibility;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlProducer;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCrossReference;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetExportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetImportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
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
public final class SqlProducer implements FlightSqlProducer {
    private static final String CATALOG_OPTION = "catalog";
    private static final String SCHEMA_OPTION = "schema";

    private final SqlEngine engine;
    private final VisibilityPolicy visibility;
    private final StatementRunner runner;
    private final Metadata metadata;
    private final SqlInfo info;
    private final BufferAllocator allocator;

    public SqlProducer(SqlEngine engine) {
        this(engine, VisibilityPolicy.ALL);
    }

    public SqlProducer(SqlEngine engine, VisibilityPolicy visibility) {
        this.engine = engine;
        this.visibility = visibility;
        this.runner = new StatementRunner(engine);
        this.metadata = new Metadata(engine.catalogue());
        this.info = new SqlInfo(engine.limits());
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
            TicketStatementQuery ticket = TicketStatementQuery.newBuilder()
                    .setStatementHandle(StatementHandle.of(command.getQuery()).encode())
                    .build();
            return flightInfo(query.schema(), descriptor, ticket);
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
            listener.onError(FlightErrors.of(e));
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
            return flightInfo(prepare(handle.statement(), context).schema(), descriptor, command);
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
                        .setPreparedStatementHandle(new StatementHandle(handle.statement(), values).encode())
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

    // writes

    @Override
    public Runnable acceptPutStatement(
            CommandStatementUpdate command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> listener) {
        return () -> listener.onError(FlightErrors.readOnly("an update"));
    }

    @Override
    public Runnable acceptPutPreparedStatementUpdate(
            CommandPreparedStatementUpdate command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> listener) {
        return () -> listener.onError(FlightErrors.readOnly("an update"));
    }

    @Override
    public Runnable acceptPutStatementBulkIngest(
            CommandStatementIngest command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> listener) {
        return () -> listener.onError(FlightErrors.readOnly("bulk ingestion"));
    }

    // metadata

    @Override
    public FlightInfo getFlightInfoSqlInfo(
            CommandGetSqlInfo command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_SQL_INFO_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamSqlInfo(CommandGetSqlInfo command, CallContext context, ServerStreamListener listener) {
        runner.submit(listener, () -> info.send(command.getInfoList(), listener, allocator));
    }

    @Override
    public FlightInfo getFlightInfoTypeInfo(
            CommandGetXdbcTypeInfo command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_TYPE_INFO_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamTypeInfo(CommandGetXdbcTypeInfo command, CallContext context, ServerStreamListener listener) {
        send(listener, () -> metadata.types(command));
    }

    @Override
    public FlightInfo getFlightInfoCatalogs(
            CommandGetCatalogs command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_CATALOGS_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamCatalogs(CallContext context, ServerStreamListener listener) {
        send(listener, metadata::catalogs);
    }

    @Override
    public FlightInfo getFlightInfoSchemas(
            CommandGetDbSchemas command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_SCHEMAS_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamSchemas(CommandGetDbSchemas command, CallContext context, ServerStreamListener listener) {
        send(listener, () -> metadata.schemas(command));
    }

    @Override
    public FlightInfo getFlightInfoTables(CommandGetTables command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Metadata.tablesSchema(command), descriptor, command);
    }

    @Override
    public void getStreamTables(CommandGetTables command, CallContext context, ServerStreamListener listener) {
        send(listener, () -> metadata.tables(command));
    }

    @Override
    public FlightInfo getFlightInfoTableTypes(
            CommandGetTableTypes command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_TABLE_TYPES_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamTableTypes(CallContext context, ServerStreamListener listener) {
        send(listener, metadata::tableTypes);
    }

    @Override
    public FlightInfo getFlightInfoPrimaryKeys(
            CommandGetPrimaryKeys command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_PRIMARY_KEYS_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamPrimaryKeys(
            CommandGetPrimaryKeys command, CallContext context, ServerStreamListener listener) {
        send(listener, () -> new MetadataRows(Schemas.GET_PRIMARY_KEYS_SCHEMA));
    }

    @Override
    public FlightInfo getFlightInfoExportedKeys(
            CommandGetExportedKeys command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_EXPORTED_KEYS_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamExportedKeys(
            CommandGetExportedKeys command, CallContext context, ServerStreamListener listener) {
        send(listener, () -> new MetadataRows(Schemas.GET_EXPORTED_KEYS_SCHEMA));
    }

    @Override
    public FlightInfo getFlightInfoImportedKeys(
            CommandGetImportedKeys command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_IMPORTED_KEYS_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamImportedKeys(
            CommandGetImportedKeys command, CallContext context, ServerStreamListener listener) {
        send(listener, () -> new MetadataRows(Schemas.GET_IMPORTED_KEYS_SCHEMA));
    }

    @Override
    public FlightInfo getFlightInfoCrossReference(
            CommandGetCrossReference command, CallContext context, FlightDescriptor descriptor) {
        return flightInfo(Schemas.GET_CROSS_REFERENCE_SCHEMA, descriptor, command);
    }

    @Override
    public void getStreamCrossReference(
            CommandGetCrossReference command, CallContext context, ServerStreamListener listener) {
        send(listener, () -> new MetadataRows(Schemas.GET_CROSS_REFERENCE_SCHEMA));
    }

    // sessions: there is one catalog and one schema, so there is nothing to keep

    @Override
    public void setSessionOptions(
            SetSessionOptionsRequest request, CallContext context, StreamListener<SetSessionOptionsResult> listener) {
        Map<String, SetSessionOptionsResult.Error> errors = new HashMap<>();
        request.getSessionOptions().forEach((name, value) -> {
            String only =
                    switch (name.toLowerCase(Locale.ROOT)) {
                        case CATALOG_OPTION -> Catalogue.CATALOG;
                        case SCHEMA_OPTION -> Catalogue.SCHEMA;
                        default -> "";
                    };
            if (only.isEmpty()) {
                errors.put(name, new SetSessionOptionsResult.Error(SetSessionOptionsResult.ErrorValue.INVALID_NAME));
            } else if (!value.equals(SessionOptionValueFactory.makeSessionOptionValue(only))) {
                errors.put(name, new SetSessionOptionsResult.Error(SetSessionOptionsResult.ErrorValue.INVALID_VALUE));
            }
        });
        listener.onNext(new SetSessionOptionsResult(errors));
        listener.onCompleted();
    }

    @Override
    public void getSessionOptions(
            GetSessionOptionsRequest request, CallContext context, StreamListener<GetSessionOptionsResult> listener) {
        listener.onNext(new GetSessionOptionsResult(Map.of(
                CATALOG_OPTION,
                SessionOptionValueFactory.makeSessionOptionValue(Catalogue.CATALOG),
                SCHEMA_OPTION,
                SessionOptionValueFactory.makeSessionOptionValue(Catalogue.SCHEMA))));
        listener.onCompleted();
    }

    @Override
    public void closeSession(
            CloseSessionRequest request, CallContext context, StreamListener<CloseSessionResult> listener) {
        listener.onNext(new CloseSessionResult(CloseSessionResult.Status.CLOSED));
        listener.onCompleted();
    }

    @Override
    public void listFlights(CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        listener.onCompleted();
    }

    private PreparedQuery prepare(String statement, CallContext context) {
        return engine.prepare(statement, visibility.of(context));
    }

    private void stream(ByteString handle, CallContext context, ServerStreamListener listener) {
        Visibility visible = visibility.of(context);
        runner.stream(listener, () -> {
            StatementHandle statement = StatementHandle.decode(handle);
            PreparedQuery query = engine.prepare(statement.statement(), visible);
            return engine.execution(
                    query,
                    BoundParameters.literals(statement, query.translation().parameters(), allocator));
        });
    }

    private void send(ServerStreamListener listener, Supplier<MetadataRows> rows) {
        runner.submit(listener, () -> rows.get().send(listener, allocator));
    }

    private static FlightInfo flightInfo(Schema schema, FlightDescriptor descriptor, Message ticket) {
        FlightEndpoint endpoint = new FlightEndpoint(new Ticket(Any.pack(ticket).toByteArray()));
        return new FlightInfo(schema, descriptor, List.of(endpoint), -1, -1);
    }

    private static ByteString serialized(Schema schema) {
        return ByteString.copyFrom(Metadata.serialized(schema));
    }

    private static void refuseTransaction(boolean given) {
        if (given) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, "transactions are not supported: send the statement without one");
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
