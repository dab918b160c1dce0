package io.voxelflight.sql.flightsql;

import io.voxelflight.sql.translate.Visibility;
import org.apache.arrow.flight.FlightProducer.CallContext;

/** Says which datasets exist for the caller of a statement. */
@FunctionalInterface
public interface VisibilityPolicy {
    /** Everybody sees everything. */
    VisibilityPolicy ALL = context -> Visibility.ALL;

    Visibility of(CallContext context);
}
