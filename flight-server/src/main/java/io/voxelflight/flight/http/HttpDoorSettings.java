package io.voxelflight.flight.http;

import io.voxelflight.flight.tls.ServerTls;
import org.jspecify.annotations.Nullable;

/**
 * How the HTTP port is served.
 *
 * @param host address to listen on
 * @param port 0 for a free one
 * @param tls null: everything travels readable for all
 * @param limits of connections and requests
 */
public record HttpDoorSettings(
        String host, int port, @Nullable ServerTls tls, HttpLimits limits) {}
