package io.voxelflight.blockio.format;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;

/**
 * How a volume that is written shall be stored: in which Zarr format, and cut into what.
 *
 * @param zarr format of the arrays
 * @param chunk what is encoded as one piece
 * @param shard what is stored as one object: a multiple of the chunk on each axis, the chunk itself in Zarr v2; each
 *     level's shard is cut down to the whole chunks that cover the level
 * @param zstdLevel 1 to 22
 * @throws ServiceException INVALID_ARGUMENT naming the value that is not allowed
 */
public record StorageLayout(ZarrFormat zarr, BlockShape chunk, BlockShape shard, int zstdLevel) {
    public static final BlockShape DEFAULT_SHARD = new BlockShape(512, 512, 512);
    public static final int DEFAULT_ZSTD_LEVEL = 3;
    private static final int MAX_ZSTD_LEVEL = 22;

    public StorageLayout {
        if (shard.z() % chunk.z() != 0 || shard.y() % chunk.y() != 0 || shard.x() % chunk.x() != 0) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "shard " + shard + " is no multiple of chunk " + chunk + " on every axis: choose one that is");
        }
        if (zarr == ZarrFormat.V2 && !shard.equals(chunk)) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "shard " + shard + " holds several chunks of " + chunk + ": Zarr v2 has no shards, choose Zarr v3");
        }
        if (zstdLevel < 1 || zstdLevel > MAX_ZSTD_LEVEL) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "zstd level " + zstdLevel + " is not between 1 and " + MAX_ZSTD_LEVEL);
        }
    }

    /** Zarr v3 with many chunks in an object. */
    public static StorageLayout sharded(BlockShape chunk, BlockShape shard, int zstdLevel) {
        return new StorageLayout(ZarrFormat.V3, chunk, shard, zstdLevel);
    }

    /** Zarr v2: each chunk an object. */
    public static StorageLayout chunkObjects(BlockShape chunk, int zstdLevel) {
        return new StorageLayout(ZarrFormat.V2, chunk, chunk, zstdLevel);
    }
}
