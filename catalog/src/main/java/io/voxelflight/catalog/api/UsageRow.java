package io.voxelflight.catalog.api;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one caller used of one dataset by one door in one hour.
 *
 * @param hour its begin
 * @param callerId tells callers apart
 * @param caller name for people
 * @param datasetId null: calls that are about no dataset, or about several
 * @param requests calls that ended
 * @param chunks that blocks were cut from
 * @param cacheHits how many of those the cache had
 * @param sqlMillis time that statements ran
 */
public record UsageRow(
        Instant hour,
        String callerId,
        String caller,
        @Nullable UUID datasetId,
        @Nullable String dataset,
        String door,
        long requests,
        long blocks,
        long bytes,
        long chunks,
        long cacheHits,
        long sqlMillis) {}
