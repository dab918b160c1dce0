package io.voxelflight.flight.measure;

import java.time.Duration;

/**
 * What measurements may take.
 *
 * @param atOnce measurements that run at the same time; each holds one block
 * @param chunks of a box: the index is read for so many
 * @param voxelBytes read from the volume for one request
 * @param time that one request may take
 * @param bins of a histogram
 */
public record MeasureLimits(int atOnce, long chunks, long voxelBytes, Duration time, int bins) {
    public static final MeasureLimits DEFAULT = new MeasureLimits(4, 1 << 20, 16L << 30, Duration.ofMinutes(2), 65_536);
}
