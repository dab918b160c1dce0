package io.voxelflight.catalog.api;

import io.voxelflight.model.Box;
import io.voxelflight.model.Point;
import org.jspecify.annotations.Nullable;

/**
 * One row of the chunk index: where a chunk lies, and statistics over its valid voxels.
 *
 * @param origin first voxel, at the chunk's level
 * @param sizeZ valid voxels along z; likewise y and x
 * @param min smallest value, NaN left out; null if every voxel is NaN
 * @param max largest value, likewise
 * @param mean likewise
 * @param stddev of the population, likewise
 * @param nonzeroFraction voxels that are not 0 (NaN counts as not 0), of all valid voxels
 * @param entropy of the value histogram in bits; null for floats
 * @param storedBytes bytes in the store; 0 for a chunk that is all fill value and left out
 * @param checksum CRC-32C of the valid voxels in C order, little-endian
 * @param nonzeroBox the smallest box of absolute voxel coordinates (t and c as in the origin) around the non-zero
 *     voxels; null if there are none
 * @param attrsJson a JSON object as text: {@code {"nan": n}} where there are NaNs, {@code {"labels": {"17": 2041}}} for
 *     labels; {@code {}} if there is nothing to say
 */
public record ChunkRow(
        int level,
        Point origin,
        int sizeZ,
        int sizeY,
        int sizeX,
        @Nullable Double min,
        @Nullable Double max,
        @Nullable Double mean,
        @Nullable Double stddev,
        double nonzeroFraction,
        @Nullable Double entropy,
        long storedBytes,
        int checksum,
        @Nullable Box nonzeroBox,
        String attrsJson) {}
