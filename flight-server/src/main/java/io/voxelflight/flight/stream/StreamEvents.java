package io.voxelflight.flight.stream;

import io.voxelflight.flight.access.Door;
import java.time.Duration;

/** What happens to block streams, for metrics. Called from many threads, must return at once. */
public interface StreamEvents {
    void blockRead(Duration took);

    void blockSent(long bytes);

    /** @param outcome {@code completed}, {@code cancelled} or {@code failed} */
    void ended(Door door, String outcome, Duration took);
}
