package io.voxelflight.flight.server;

import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.http.zarr.AllowedOrigins;
import io.voxelflight.flight.http.zarr.ZarrLimits;
import io.voxelflight.flight.tls.TlsSettings;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
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
 * @param calls what callers may take, and what is noted of them
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
        CallSettings calls,
        ZarrSettings zarr,
        boolean migrate) {
    /**
     * Who may come in.
     *
     * @param required whether callers must show a key or token; else everybody may do everything
     * @param tokens settings of the issuers whose tokens are taken; null: none are
     * @param tls the server's certificate; null: everything travels readable for all
     */
    public record AccessSettings(
            boolean required,
            @Nullable Path tokens,
            @Nullable TlsSettings tls) {
        public static final AccessSettings OFF = new AccessSettings(false, null, null);
    }

    /**
     * What callers may take, and what is noted of their calls.
     *
     * @param usual bounds of callers whose key says nothing
     * @param requestsPerAddress a second; null: no bound
     * @param accessLogShare of the blocks sent that are noted in the table {@code block_access}, 0 to 1
     * @param keepAccessLogDays how many days that table goes back
     * @param requestLog whether each call is a line of the log
     */
    public record CallSettings(
            Quota usual,
            @Nullable Double requestsPerAddress,
            double accessLogShare,
            int keepAccessLogDays,
            boolean requestLog) {
        public static final CallSettings DEFAULT = new CallSettings(Quota.NONE, null, 0, 30, false);

        private static final int MOST_DAYS = 3650;

        public CallSettings {
            if (!(accessLogShare >= 0 && accessLogShare <= 1)) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "--access-log " + accessLogShare + " is no share of the blocks: off, full, or 0 to 1");
            }
            if (keepAccessLogDays < 1 || keepAccessLogDays > MOST_DAYS) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "--keep-access-log " + keepAccessLogDays + " is no number of days: 1 to " + MOST_DAYS);
            }
        }
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
