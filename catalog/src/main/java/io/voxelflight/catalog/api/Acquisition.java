package io.voxelflight.catalog.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How the voxels of a dataset were recorded, as far as the source says. */
public record Acquisition(
        UUID id,
        @Nullable String instrument,
        @Nullable Instant startedAt,
        @Nullable Duration duration,
        ObjectNode attrs) {}
