package io.voxelflight.flight.usage;

import io.voxelflight.flight.stream.StreamEvents;
import io.voxelflight.flight.stream.StreamReport;

/** Tells of block streams as of other calls. */
public record StreamReports(CallReports reports) implements StreamEvents {
    @Override
    public void ended(StreamReport report) {
        reports.ended(CallReport.of(report));
    }
}
