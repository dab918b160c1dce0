package io.voxelflight.ingestion.run;

import org.jspecify.annotations.Nullable;

/** Statistics of a chunk's valid voxels, meant as in {@link io.voxelflight.catalog.api.ChunkRow}. */
record ChunkSummary(
        @Nullable Double min,
        @Nullable Double max,
        @Nullable Double mean,
        @Nullable Double stddev,
        double nonzeroFraction,
        @Nullable Double entropy,
        String attrsJson) {}
