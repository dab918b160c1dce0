package io.voxelflight.catalog.api;

/**
 * What was used, summed up.
 *
 * @param what the key, dataset, door or day
 */
public record UsageSum(
        String what, long requests, long blocks, long bytes, long chunks, long cacheHits, long sqlMillis) {}
