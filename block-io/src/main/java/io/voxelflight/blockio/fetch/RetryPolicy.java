package io.voxelflight.blockio.fetch;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a failed request to a remote store is made again: exponential backoff with full jitter (a wait is drawn evenly from
 * zero to a bound that doubles), never shorter than a {@code Retry-After} of the server. Made again is what may pass by
 * itself: HTTP 408, 429 and 5xx, a connection that is refused, reset or silent, a body that ends too soon.
 *
 * @param attempts requests in all for one fetch, the first included
 * @param firstBackoff bound of the first wait
 * @param longestBackoff bound of any wait
 * @param longestRetryAfter a server that asks for a longer wait than this is not waited for
 */
public record RetryPolicy(int attempts, Duration firstBackoff, Duration longestBackoff, Duration longestRetryAfter) {
    /** Rides out about half a minute of a store's troubles. */
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(8, Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofSeconds(30));

    /** The first failure is final. */
    public static final RetryPolicy NEVER = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    public RetryPolicy {
        if (attempts < 1 || firstBackoff.isNegative() || longestBackoff.compareTo(firstBackoff) < 0) {
            throw new IllegalArgumentException(
                    attempts + " attempts with backoff from " + firstBackoff + " to " + longestBackoff);
        }
    }

    /** How long to wait after attempt number {@code attempt} (from 1) has failed. */
    Duration backoff(int attempt) {
        long bound = longestBackoff.toNanos();
        long doubled = firstBackoff.toNanos() << Math.min(attempt - 1, 20);
        bound = doubled < 0 ? bound : Math.min(bound, doubled);
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound + 1));
    }
}
