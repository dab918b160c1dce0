package io.voxelflight.flight.stream;

import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import java.time.Duration;

/** What happens to block streams, for metrics, usage and logs. Called from many threads, must return at once. */
public interface StreamEvents {
    /** Tells nobody. */
    StreamEvents NONE = new StreamEvents() {};

    default void blockRead(Duration took) {}

    default void blockSent(Request request, Door door, StreamPlan plan, PlannedBlock block) {}

    default void ended(StreamReport report) {}

    /** Tells both. */
    default StreamEvents and(StreamEvents other) {
        StreamEvents mine = this;
        return new StreamEvents() {
            @Override
            public void blockRead(Duration took) {
                mine.blockRead(took);
                other.blockRead(took);
            }

            @Override
            public void blockSent(Request request, Door door, StreamPlan plan, PlannedBlock block) {
                mine.blockSent(request, door, plan, block);
                other.blockSent(request, door, plan, block);
            }

            @Override
            public void ended(StreamReport report) {
                mine.ended(report);
                other.ended(report);
            }
        };
    }
}
