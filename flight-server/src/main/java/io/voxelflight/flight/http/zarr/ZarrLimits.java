package io.voxelflight.flight.http.zarr;

import io.voxelflight.blockio.encode.ChunkEncoder;
import io.voxelflight.model.BlockShape;
import java.time.Duration;

/**
 * Bounds of the view.
 *
 * @param bytes off-heap memory in all: a quarter for encoded chunks that are kept, a half for answers on their way, a
 *     quarter for encoding
 * @param patience how long a request waits for memory
 * @param bytesPerSecond a client that takes an answer slower than that, after a grace of {@code patience}, is cut off
 * @param openDatasets descriptions that are kept
 * @param recheck how long one is used before the catalog is asked again
 */
public record ZarrLimits(long bytes, Duration patience, long bytesPerSecond, int openDatasets, Duration recheck) {
    /** Below that the view cannot work: one chunk of the widest type must be encoded. */
    public static final long MIN_BYTES = 128L << 20;

    private static final int WIDEST_VOXEL = 8;

    public ZarrLimits {
        if (bytes < MIN_BYTES) {
            throw new IllegalArgumentException("the Zarr view needs " + MIN_BYTES + " bytes, not " + bytes);
        }
    }

    /** The usual ones for that much memory. */
    public static ZarrLimits usual(long bytes) {
        return new ZarrLimits(bytes, Duration.ofSeconds(30), 64 << 10, 256, Duration.ofSeconds(1));
    }

    long cacheBytes() {
        return bytes / 4;
    }

    long answerBytes() {
        return bytes / 2;
    }

    /** How many chunks are encoded at once: as many as cores, and as scratch buffers fit. */
    int encoders() {
        long scratch = ChunkEncoder.scratchBytes(BlockShape.DEFAULT.voxels() * WIDEST_VOXEL);
        long fit = (bytes - cacheBytes() - answerBytes()) / scratch;
        return (int) Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), fit));
    }

    /** The longest that sending may take. */
    Duration sending(long length) {
        return patience.plus(Duration.ofSeconds(length / bytesPerSecond));
    }
}
