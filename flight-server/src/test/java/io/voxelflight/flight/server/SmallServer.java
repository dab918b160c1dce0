package io.voxelflight.flight.server;

import io.voxelflight.flight.http.zarr.AllowedOrigins;

/** Settings of a server for tests: little memory, free ports of this machine. */
public final class SmallServer {
    private static final long MIB = 1 << 20;

    private SmallServer() {}

    /** A server for which access control is off. */
    public static ServerSettings settings() {
        return settings(ServerSettings.AccessSettings.OFF, ServerSettings.CallSettings.DEFAULT);
    }

    public static ServerSettings settings(ServerSettings.AccessSettings access, ServerSettings.CallSettings calls) {
        return settings(0, 0, 16 * MIB, access, calls);
    }

    static ServerSettings settings(
            int flightPort,
            int httpPort,
            long cacheBytes,
            ServerSettings.AccessSettings access,
            ServerSettings.CallSettings calls) {
        return new ServerSettings(
                "127.0.0.1",
                flightPort,
                httpPort,
                null,
                cacheBytes,
                8,
                64 * MIB,
                64 * MIB,
                16 * MIB,
                null,
                true,
                access,
                calls,
                new ServerSettings.ZarrSettings(128 * MIB, AllowedOrigins.ALL),
                true);
    }
}
