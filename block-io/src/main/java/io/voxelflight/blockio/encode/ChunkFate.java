package io.voxelflight.blockio.encode;

/**
 * What became of one chunk when its shard was written.
 *
 * @param storedBytes bytes it takes in the store, its checksum included; 0 if it held only fill value and was left out
 */
public record ChunkFate(long storedBytes) {}
