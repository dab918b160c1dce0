package io.voxelflight.sql.flightsql;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.catalogue.Catalogue;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
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
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Answers what clients ask about the service itself: its tables, types, limits and sessions. */
abstract class MetadataCalls extends ReadOnlyCalls {
    private static final String CATALOG_OPTION = "catalog";
    private static final String SCHEMA_OPTION = "schema";

    private final StatementRunner runner;
    private final Metadata metadata;
    private final SqlInfo info;
    private final BufferAllocator allocator;

    MetadataCalls(SqlEngine engine, StatementRunner runner) {
        this.runner = runner;
        this.metadata = new Metadata(engine::catalogue);
        this.info = new SqlInfo(engine.limits());
        this.allocator = engine.allocator();
    }

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

    private void send(ServerStreamListener listener, Supplier<MetadataRows> rows) {
        runner.submit(listener, () -> rows.get().send(listener, allocator));
    }

    static FlightInfo flightInfo(Schema schema, FlightDescriptor descriptor, Message ticket) {
        FlightEndpoint endpoint = new FlightEndpoint(new Ticket(Any.pack(ticket).toByteArray()));
        return new FlightInfo(schema, descriptor, List.of(endpoint), -1, -1);
    }
}
