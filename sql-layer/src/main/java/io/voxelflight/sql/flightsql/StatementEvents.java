package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ServiceException;
import org.apache.arrow.flight.FlightProducer.CallContext;

/** Who is told of statements, may refuse them, and may slow their rows. Must answer at once. */
@FunctionalInterface
public interface StatementEvents {
    /** Lets all run, as fast as they can. */
    StatementEvents NONE = context -> Watch.NONE;

    /**
     * A statement is about to run.
     *
     * @throws ServiceException if it may not
     */
    Watch begin(CallContext context);

    /** Watches one run of a statement. */
    interface Watch {
        Watch NONE = report -> {};

        /** For how many nanoseconds no rows may be sent; 0: some may be sent now. */
        default long nanosToWait() {
            return 0;
        }

        default void sent(long bytes) {}

        /** Told once. */
        void ended(StatementReport report);
    }
}
