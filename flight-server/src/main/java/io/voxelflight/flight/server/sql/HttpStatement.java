package io.voxelflight.flight.server.sql;

import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.admission.StreamGate;
import io.voxelflight.flight.http.HttpFailure;
import io.voxelflight.flight.http.answer.AnswerStream;
import io.voxelflight.flight.http.answer.Outlet;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.flightsql.StatementEvents;
import io.voxelflight.sql.flightsql.StatementReport;
import io.voxelflight.sql.print.PrintedResult;
import io.voxelflight.sql.print.ResultFormat;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.translate.Visibility;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One statement that came over HTTP: waits for its place, runs on a thread of the SQL layer, and writes its rows. */
final class HttpStatement {
    private final SqlEngine engine;
    private final SqlQuestion question;
    private final ResultFormat format;
    private final Visibility visibility;
    private final Supplier<StatementEvents.Watch> watches;
    private final Outlet outlet;
    private final StreamGate.Pass pass;
    private @Nullable Execution execution;
    private @Nullable AnswerStream stream;
    private boolean cancelled;

    /**
     * @param gate where the statement waits for its place
     * @param caller whose statement it is
     * @param bound how many streams of the caller run at once
     * @param watches asked when the statement begins; may refuse it
     */
    HttpStatement(
            SqlEngine engine,
            SqlQuestion question,
            ResultFormat format,
            Visibility visibility,
            StreamGate gate,
            Caller caller,
            int bound,
            Supplier<StatementEvents.Watch> watches,
            Outlet outlet) {
        this.engine = engine;
        this.question = question;
        this.format = format;
        this.visibility = visibility;
        this.watches = watches;
        this.outlet = outlet;
        this.pass = gate.pass(caller.id(), StreamGate.Kind.ROWS, bound, this::begin, outlet::fail);
    }

    /** Begins when there is a place; returns at once. */
    void enter() {
        outlet.onCancel(this::cancel);
        pass.enterHere(); // it only hands over to a thread of the SQL layer
    }

    private void begin() {
        try {
            engine.statementThreads().execute(this::run);
        } catch (RuntimeException e) {
            pass.leave();
            outlet.fail(e);
        }
    }

    /** The client has gone. */
    private void cancel() {
        Execution running;
        AnswerStream written;
        synchronized (this) {
            cancelled = true;
            running = execution;
            written = stream;
        }
        pass.leave();
        if (written != null) {
            written.cancel();
        }
        if (running != null) {
            running.cancel();
        }
    }

    private void run() {
        try {
            run(watches.get());
        } catch (RuntimeException e) {
            outlet.fail(e);
        } finally {
            pass.leave();
        }
    }

    private void run(StatementEvents.Watch watch) {
        long begun = System.nanoTime();
        AnswerStream out = new AnswerStream(outlet, engine.limits().stallTimeout(), watch::nanosToWait, watch::sent);
        Collection<TensorColumn> tensors = List.of();
        long rows = 0;
        Throwable failure = null;
        try {
            checkWanted();
            PreparedQuery query = engine.prepare(question.statement(), visibility);
            tensors = query.tensors().values();
            checkForm(tensors);
            List<String> values = question.literals(query.translation().parameters());
            Execution running = engine.execution(query, List.of(values));
            synchronized (this) {
                execution = running;
                stream = out;
            }
            checkWanted();
            rows = PrintedResult.write(query, running, format, question.rowLimit(), out)
                    .rows();
            out.close();
        } catch (IOException e) {
            failure = gone(e);
        } catch (RuntimeException | Error e) {
            failure = outlet.isGone() ? gone(e) : e;
        } finally {
            watch.ended(StatementReport.of(
                    tensors, rows, out.bytes(), out.waitedNanos(), System.nanoTime() - begun, failure));
        }
        if (failure != null) {
            outlet.fail(failure);
        }
    }

    private synchronized void checkWanted() {
        if (cancelled) {
            throw gone(null);
        }
    }

    private void checkForm(Collection<TensorColumn> tensors) {
        if (format != ResultFormat.ARROW && !tensors.isEmpty()) {
            throw HttpFailure.notAcceptable("tensors are sent as Arrow only: ask with 'Accept: " + SqlRoutes.ARROW
                    + "', or do not select them");
        }
    }

    private static ServiceException gone(@Nullable Throwable cause) {
        return new ServiceException(ErrorCode.CANCELLED, "the client has gone", cause);
    }
}
