package io.voxelflight.flight.usage;

import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.stream.StreamReport;
import io.voxelflight.model.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a call, or one stream of it, ended.
 *
 * @param first whether the call is counted by this report: each call has one such
 * @param dataset that it was about; null: none, or several
 * @param failure null: it went well
 * @param blocks sent
 * @param bytes of what was sent, as far as it is blocks or rows
 * @param chunks that its blocks were cut from
 * @param cacheHits how many of those the cache had
 * @param sql time that a statement ran
 */
public record CallReport(
        Request request,
        boolean first,
        Door door,
        Request.@Nullable Subject dataset,
        @Nullable ErrorCode failure,
        long blocks,
        long bytes,
        long chunks,
        long cacheHits,
        Duration sql,
        Duration took) {
    /** Of a stream of blocks. */
    public static CallReport of(StreamReport stream) {
        return new CallReport(
                stream.request(),
                stream.first(),
                stream.door(),
                stream.dataset(),
                stream.failure(),
                stream.blocks(),
                stream.bytes(),
                stream.chunks(),
                stream.cacheHits(),
                Duration.ZERO,
                stream.took());
    }

    /** Of a call that no stream reports. */
    public static CallReport of(Request request, @Nullable ErrorCode failure, Duration took) {
        return new CallReport(
                request,
                true,
                request.door(),
                request.subject(),
                failure,
                request.blocks(),
                request.bytes(),
                0,
                0,
                Duration.ZERO,
                took);
    }

    /** OK, or the error's code. */
    public String status() {
        return failure == null ? "OK" : failure.name();
    }
}
