package io.voxelflight.catalog.api;

import io.voxelflight.model.Point;
import java.time.Instant;
import java.util.UUID;

/**
 * One block that went out.
 *
 * @param requestId of the call, as its client and the logs know it
 * @param origin first voxel, at the level
 */
public record BlockAccess(
        Instant at,
        String requestId,
        String callerId,
        String caller,
        UUID datasetId,
        String dataset,
        String door,
        int level,
        Point origin) {}
