package io.voxelflight.flight.rpc;

import io.voxelflight.flight.tls.ServerTls;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.arrow.flight.Location;
import org.jspecify.annotations.Nullable;

/**
 * How the Flight port is served.
 *
 * @param host address to listen on
 * @param port 0 for a free one
 * @param advertise the location that endpoints name, such as {@code grpc://data.example.org:8815}; null to tell clients
 *     to use the connection they have
 * @param ownDoGet false for Flight's own DoGet: slower, with the same answers
 * @param tls null: everything travels readable for all
 */
public record FlightDoorSettings(
        String host,
        int port,
        @Nullable String advertise,
        boolean ownDoGet,
        @Nullable ServerTls tls) {
    /** Without TLS. */
    public FlightDoorSettings(String host, int port, @Nullable String advertise, boolean ownDoGet) {
        this(host, port, advertise, ownDoGet, null);
    }

    /**
     * The location that endpoints name.
     *
     * @throws ServiceException INVALID_ARGUMENT if clients cannot reach it
     */
    Location location() {
        if (advertise == null) {
            return Location.reuseConnection();
        }
        try {
            URI uri = new URI(advertise);
            String scheme = String.valueOf(uri.getScheme());
            boolean any = "0.0.0.0".equals(uri.getHost()) || "[::]".equals(uri.getHost());
            boolean encrypted = scheme.equals("grpc+tls");
            if (!scheme.startsWith("grpc") || uri.getHost() == null || uri.getPort() < 1 || any) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "advertised address '" + advertise
                                + "' cannot be reached by clients: give one such as grpc://data.example.org:8815");
            }
            if (tls != null && !encrypted) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "advertised address '" + advertise
                                + "' is not encrypted, but this server speaks TLS: write grpc+tls://"
                                + uri.getAuthority());
            }
            return new Location(uri);
        } catch (URISyntaxException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "advertised address '" + advertise + "' is no URI (" + e.getReason()
                            + "): give one such as grpc://data.example.org:8815",
                    e);
        }
    }
}
