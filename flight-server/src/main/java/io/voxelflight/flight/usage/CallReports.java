package io.voxelflight.flight.usage;

/** Who is told how calls ended. Called from many threads, must return at once. */
@FunctionalInterface
public interface CallReports {
    /** Tells nobody. */
    CallReports NONE = report -> {};

    void ended(CallReport report);

    /** Tells both. */
    default CallReports and(CallReports other) {
        return report -> {
            ended(report);
            other.ended(report);
        };
    }
}
