package io.voxelflight.flight.server.sql;

import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.admission.Limits;
import io.voxelflight.flight.admission.Pace;
import io.voxelflight.flight.usage.CallReport;
import io.voxelflight.flight.usage.CallReports;
import io.voxelflight.model.DatasetName;
import io.voxelflight.sql.flightsql.StatementEvents;
import io.voxelflight.sql.flightsql.StatementReport;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A caller's statement that runs: its time and its rows count against what the caller may take, its end is reported. */
public final class WatchedStatement implements StatementEvents.Watch {
    private final Request request;
    private final Limits limits;
    private final CallReports reports;
    private final Pace pace;
    private final boolean first;

    /** @throws io.voxelflight.model.TryLaterException if the caller's statements took all the time there is */
    public WatchedStatement(Request request, Limits limits, CallReports reports) {
        limits.statement(request.caller());
        this.request = request;
        this.limits = limits;
        this.reports = reports;
        this.pace = limits.pace(request.caller());
        this.first = request.count();
    }

    @Override
    public long nanosToWait() {
        return pace.nanosToWait();
    }

    @Override
    public void sent(long bytes) {
        pace.sent(bytes);
    }

    @Override
    public void ended(StatementReport report) {
        limits.ran(request.caller(), report.worked());
        reports.ended(new CallReport(
                request,
                first,
                Door.SQL,
                subject(report.datasetId(), report.dataset()),
                report.failure(),
                0,
                report.bytes(),
                0,
                0,
                report.worked(),
                report.took()));
    }

    private static Request.@Nullable Subject subject(@Nullable UUID id, @Nullable String name) {
        return id == null || name == null ? null : new Request.Subject(id, new DatasetName(name));
    }
}
