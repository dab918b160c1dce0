package io.voxelflight.blockio.fetch;

/**
 * What remote stores have done so far.
 *
 * @param requests sent, retries included
 * @param bytes of objects that arrived
 * @param retries requests that were made again
 * @param failures fetches given up: missing, corrupt and cancelled ones are none
 */
public record StoreStatistics(long requests, long bytes, long retries, long failures) {
    StoreStatistics plus(StoreStatistics other) {
        return new StoreStatistics(
                requests + other.requests, bytes + other.bytes, retries + other.retries, failures + other.failures);
    }
}
