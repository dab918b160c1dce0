package io.voxelflight.flight.server;

import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.http.zarr.AllowedOrigins;
import io.voxelflight.flight.http.zarr.ZarrLimits;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a server shall run, all limits resolved.
 *
 * @param host to listen on
 * @param flightPort 0: a free one
 * @param httpPort 0: a free one
 * @param advertise address that clients are sent to; null: the connection they came by
 * @param cacheBytes decoded chunks
 * @param maxStreams streams at once
 * @param streamBytes blocks on their way to all clients
 * @param sqlBytes rows on their way to all clients
 * @param readBytes stored bytes on their way to the decoder
 * @param diskCache where chunks go that memory drops; null: nowhere
 * @param ownDoGet our own binding, else Arrow's listener
 * @param access who may come in
 * @param zarr the Zarr view
 * @param migrate bring an older database up to date, else refuse it
 * @throws ServiceException INVALID_ARGUMENT naming the value that cannot be
 */
public record ServerSettings(
        String host,
        int flightPort,
        int httpPort,
        @Nullable String advertise,
        long cacheBytes,
        int maxStreams,
        long streamBytes,
        long sqlBytes,
        long readBytes,
        @Nullable DiskCacheSettings diskCache,
        boolean ownDoGet,
        AccessSettings access,
        ZarrSettings zarr,
        boolean migrate) {
    /**
     * Who may come in.
     *
     * @param required whether callers must show a key or token; else everybody may do everything
     * @param tokens settings of the issuers whose tokens are taken; null: none are
     */
    public record AccessSettings(boolean required, @Nullable Path tokens) {
        public static final AccessSettings OFF = new AccessSettings(false, null);
    }

    /**
     * A cache on the disk.
     *
     * @param folder on a local disk
     * @param bytes the most it may take
     * @param stored whether it keeps chunks as they are stored, else decoded
     */
    public record DiskCacheSettings(Path folder, long bytes, boolean stored) {}

    /**
     * The Zarr view.
     *
     * @param bytes for its chunks, on their way to clients and kept
     * @param origins web pages that may read it
     */
    public record ZarrSettings(long bytes, AllowedOrigins origins) {
        public ZarrSettings {
            if (bytes < ZarrLimits.MIN_BYTES) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "--zarr-memory " + new ByteSize(bytes) + " is less than " + new ByteSize(ZarrLimits.MIN_BYTES)
                                + ", a chunk of the widest type must fit");
            }
        }
    }

    private static final int MAX_PORT = 65_535;
    private static final long MIN_STREAM_BYTES = 16L << 20;

    public ServerSettings {
        port("--flight-port", flightPort);
        port("--http-port", httpPort);
        if (flightPort != 0 && flightPort == httpPort) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--flight-port and --http-port are both " + flightPort + ": choose two, or 0 for free ones");
        }
        if (maxStreams < 1) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--max-streams " + maxStreams + " is less than 1: nothing could be read");
        }
        if (streamBytes < MIN_STREAM_BYTES) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--stream-memory " + new ByteSize(streamBytes) + " is less than " + new ByteSize(MIN_STREAM_BYTES)
                            + ", a few blocks must fit");
        }
    }

    /** Off-heap memory that the server may take. */
    public long totalBytes() {
        return cacheBytes + streamBytes + sqlBytes + readBytes + zarr.bytes();
    }

    private static void port(String option, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, option + " " + port + " is not a port: 0 (a free one) to " + MAX_PORT);
        }
    }
}
