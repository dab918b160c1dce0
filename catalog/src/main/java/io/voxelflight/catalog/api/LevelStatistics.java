package io.voxelflight.catalog.api;

import org.jspecify.annotations.Nullable;

/**
 * The voxels of a level in numbers, put together from those of its chunks.
 *
 * @param chunks rows of the chunk index
 * @param voxels in them
 * @param min smallest value, NaN left out; null if every voxel is NaN
 * @param max largest value, likewise
 * @param mean likewise
 * @param stddev of the population, likewise
 * @param nonzeroFraction voxels that are not 0 (NaN counts as not 0), of all voxels
 */
public record LevelStatistics(
        int level,
        long chunks,
        long voxels,
        @Nullable Double min,
        @Nullable Double max,
        @Nullable Double mean,
        @Nullable Double stddev,
        double nonzeroFraction) {}
