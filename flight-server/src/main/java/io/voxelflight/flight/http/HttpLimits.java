package io.voxelflight.flight.http;

import java.time.Duration;

/**
 * Bounds of the HTTP port.
 *
 * @param headerBytes request line and headers of a request together: a longer path is 414, longer headers are 431
 * @param idle how long a connection may carry nothing: between requests, in the midst of one, or while its client does not
 *     take what is sent
 * @param connections open ones; further clients wait in the system's queue until one is closed
 * @param bodyBytes the longest body of a request, else 413
 * @param bodiesBytes all bodies that are being read at once, else 503
 */
public record HttpLimits(int headerBytes, Duration idle, int connections, int bodyBytes, long bodiesBytes) {
    public static final HttpLimits DEFAULT =
            new HttpLimits(16 << 10, Duration.ofSeconds(30), 10_000, 16 << 20, 128 << 20);
}
