package io.voxelflight.flight.rpc;

import org.jspecify.annotations.Nullable;

/**
 * How the Flight port is served.
 *
 * @param host address to listen on
 * @param port 0 for a free one
 * @param advertise the location that endpoints name, such as {@code grpc://data.example.org:8815}; null to tell clients
 *     to use the connection they have
 * @param maxStreams block streams that run at once
 * @param streamMemoryBytes what all block streams together hold at most
 * @param ownDoGet false for Flight's own DoGet: slower, with the same answers
 */
public record FlightDoorSettings(
        String host, int port, @Nullable String advertise, int maxStreams, long streamMemoryBytes, boolean ownDoGet) {
    public FlightDoorSettings {
        if (maxStreams < 1) {
            throw new IllegalArgumentException("at least one stream must be allowed, not " + maxStreams);
        }
        if (streamMemoryBytes < 1 << 20) {
            throw new IllegalArgumentException(
                    "streams need at least 1 MiB of memory, not " + streamMemoryBytes + " bytes");
        }
    }
}
