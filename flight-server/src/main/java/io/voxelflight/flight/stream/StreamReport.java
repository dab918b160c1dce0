package io.voxelflight.flight.stream;

import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.model.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a stream of blocks ended.
 *
 * @param first whether it is the one by which its request is counted
 * @param dataset null: it ended before that was known to exist for the caller
 * @param blocks handed to the network
 * @param bytes of their tensors
 * @param chunks that blocks were cut from
 * @param cacheHits how many of those the cache had
 * @param failure null: all blocks were sent
 */
public record StreamReport(
        Request request,
        boolean first,
        Door door,
        Request.@Nullable Subject dataset,
        int level,
        long blocks,
        long bytes,
        long chunks,
        long cacheHits,
        Outcome outcome,
        @Nullable ErrorCode failure,
        Duration took) {
    /** The kinds of ends. */
    public enum Outcome {
        COMPLETED,
        CANCELLED,
        FAILED,
        /** It got no place in time. */
        REFUSED
    }
}
