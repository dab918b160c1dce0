package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.List;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.sql.FlightSqlProducer;
import org.apache.arrow.flight.sql.FlightSqlUtils;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionBeginSavepointRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionBeginSavepointResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionBeginTransactionRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionBeginTransactionResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedSubstraitPlanRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionEndSavepointRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionEndTransactionRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementSubstraitPlan;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;

/**
 * Refuses what a read-only service does not do: writes, transactions, Substrait plans; and lists only the actions that it
 * does.
 */
abstract class ReadOnlyCalls implements FlightSqlProducer {
    private static final List<ActionType> ACTIONS = List.of(
            FlightSqlUtils.FLIGHT_SQL_CREATE_PREPARED_STATEMENT,
            FlightSqlUtils.FLIGHT_SQL_CLOSE_PREPARED_STATEMENT,
            FlightSqlUtils.FLIGHT_SQL_CANCEL_QUERY,
            FlightConstants.CANCEL_FLIGHT_INFO,
            FlightConstants.SET_SESSION_OPTIONS,
            FlightConstants.GET_SESSION_OPTIONS,
            FlightConstants.CLOSE_SESSION);

    @Override
    public void listActions(CallContext context, StreamListener<ActionType> listener) {
        ACTIONS.forEach(listener::onNext);
        listener.onCompleted();
    }

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

    @Override
    public Runnable acceptPutSubstraitPlan(
            CommandStatementSubstraitPlan command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> listener) {
        return () -> listener.onError(noSubstrait());
    }

    @Override
    public FlightInfo getFlightInfoSubstraitPlan(
            CommandStatementSubstraitPlan command, CallContext context, FlightDescriptor descriptor) {
        throw noSubstrait();
    }

    @Override
    public SchemaResult getSchemaSubstraitPlan(
            CommandStatementSubstraitPlan command, CallContext context, FlightDescriptor descriptor) {
        throw noSubstrait();
    }

    @Override
    public void createPreparedSubstraitPlan(
            ActionCreatePreparedSubstraitPlanRequest request,
            CallContext context,
            StreamListener<ActionCreatePreparedStatementResult> listener) {
        listener.onError(noSubstrait());
    }

    @Override
    public void beginTransaction(
            ActionBeginTransactionRequest request,
            CallContext context,
            StreamListener<ActionBeginTransactionResult> listener) {
        listener.onError(FlightErrors.of(noTransaction()));
    }

    @Override
    public void endTransaction(
            ActionEndTransactionRequest request, CallContext context, StreamListener<Result> listener) {
        listener.onError(FlightErrors.of(noTransaction()));
    }

    @Override
    public void beginSavepoint(
            ActionBeginSavepointRequest request,
            CallContext context,
            StreamListener<ActionBeginSavepointResult> listener) {
        listener.onError(FlightErrors.of(noTransaction()));
    }

    @Override
    public void endSavepoint(ActionEndSavepointRequest request, CallContext context, StreamListener<Result> listener) {
        listener.onError(FlightErrors.of(noTransaction()));
    }

    /** Nothing that is given out expires. */
    @Override
    public void renewFlightEndpoint(
            RenewFlightEndpointRequest request, CallContext context, StreamListener<FlightEndpoint> listener) {
        listener.onError(FlightErrors.of(new ServiceException(
                ErrorCode.UNSUPPORTED, "endpoints of statements do not expire: use the one you have")));
    }

    static ServiceException noTransaction() {
        return new ServiceException(
                ErrorCode.UNSUPPORTED,
                "transactions are not supported: every statement reads in one of its own, send it without");
    }

    private static FlightRuntimeException noSubstrait() {
        return FlightErrors.of(
                new ServiceException(ErrorCode.UNSUPPORTED, "Substrait plans are not supported: send SQL"));
    }
}
