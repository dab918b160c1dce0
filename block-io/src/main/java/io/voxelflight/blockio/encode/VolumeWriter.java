package io.voxelflight.blockio.encode;

import io.voxelflight.model.BlockIndex;

/** Writes a new OME-Zarr volume: metadata, and shards in any order by many threads. */
public interface VolumeWriter extends AutoCloseable {
    /** Writes the group's and every array's metadata, durably. */
    void writeMetadata();

    /** An encoder for one thread. */
    ChunkEncoder openEncoder();

    /**
     * Opens one shard for writing.
     *
     * @param level the scale level, 0 the finest
     * @param shard place of the shard in the level's grid of shards
     */
    ShardWriter openShard(int level, BlockIndex shard);

    /** Forces all folders to the disk, after which the whole volume survives a power cut. */
    void sync();

    @Override
    void close();
}
