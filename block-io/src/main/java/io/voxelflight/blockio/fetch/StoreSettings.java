package io.voxelflight.blockio.fetch;

import java.time.Duration;

/**
 * Limits of stores.
 *
 * @param retry when a failed request is made again
 * @param concurrentRequests to one endpoint at once, of all volumes there; more wait for their turn
 * @param connectTimeout for a connection to stand
 * @param quietTimeout how long a request may go on without a byte arriving
 * @param requestTimeout how long a request may take from the first to the last byte
 * @param unrangedBytes the largest object that is read whole where a part was wanted (the server knows no ranges), and that
 *     is gathered in memory where a server does not say its size or compresses it on the way
 * @param openFiles of one local store
 */
public record StoreSettings(
        RetryPolicy retry,
        int concurrentRequests,
        Duration connectTimeout,
        Duration quietTimeout,
        Duration requestTimeout,
        long unrangedBytes,
        int openFiles) {
    public static final StoreSettings DEFAULT = new StoreSettings(
            RetryPolicy.DEFAULT,
            64,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            32L << 20,
            256);

    public StoreSettings {
        if (concurrentRequests < 1
                || openFiles < 1
                || unrangedBytes < 0
                || unrangedBytes > Integer.MAX_VALUE - 64
                || connectTimeout.toMillis() < 1
                || quietTimeout.toMillis() < 1
                || requestTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("limits of stores are positive: " + concurrentRequests + " requests, "
                    + openFiles + " files, " + unrangedBytes + " bytes, " + connectTimeout + ", " + quietTimeout + ", "
                    + requestTimeout);
        }
    }

    public StoreSettings withRetry(RetryPolicy other) {
        return new StoreSettings(
                other, concurrentRequests, connectTimeout, quietTimeout, requestTimeout, unrangedBytes, openFiles);
    }

    public StoreSettings withConcurrentRequests(int other) {
        return new StoreSettings(retry, other, connectTimeout, quietTimeout, requestTimeout, unrangedBytes, openFiles);
    }

    public StoreSettings withTimeouts(Duration connect, Duration quiet, Duration request) {
        return new StoreSettings(retry, concurrentRequests, connect, quiet, request, unrangedBytes, openFiles);
    }

    public StoreSettings withUnrangedBytes(long other) {
        return new StoreSettings(
                retry, concurrentRequests, connectTimeout, quietTimeout, requestTimeout, other, openFiles);
    }
}
