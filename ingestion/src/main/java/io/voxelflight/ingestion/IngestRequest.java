package io.voxelflight.ingestion;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What shall become of a source.
 *
 * @param name of the dataset to be
 * @param sourceLocation where the source lies, as the user named it: provenance
 * @param volumesFolder where stored volumes lie
 * @param kind null: what the source says, else an image
 * @param voxelSize of level 0; null: what the source says
 * @param modality such as {@code FIB-SEM}; null if unknown
 * @param chunk even sides, as the pyramid halves chunks
 * @param shard a multiple of the chunk on each axis
 * @param zstdLevel 1 to 22
 * @throws ServiceException INVALID_ARGUMENT naming the value that is not allowed
 */
public record IngestRequest(
        DatasetName name,
        String sourceLocation,
        Path volumesFolder,
        @Nullable VolumeKind kind,
        @Nullable VoxelSize voxelSize,
        @Nullable String modality,
        List<String> tags,
        BlockShape chunk,
        BlockShape shard,
        int zstdLevel) {
    public static final BlockShape DEFAULT_SHARD = new BlockShape(512, 512, 512);
    public static final int DEFAULT_ZSTD_LEVEL = 3;
    private static final int MAX_ZSTD_LEVEL = 22;

    public IngestRequest {
        tags = List.copyOf(tags);
        if (chunk.z() % 2 != 0 || chunk.y() % 2 != 0 || chunk.x() % 2 != 0) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "chunk " + chunk + " has an odd side: the pyramid halves chunks, choose even sides");
        }
        if (shard.z() % chunk.z() != 0 || shard.y() % chunk.y() != 0 || shard.x() % chunk.x() != 0) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "shard " + shard + " is no multiple of chunk " + chunk + " on every axis: choose one that is");
        }
        if (zstdLevel < 1 || zstdLevel > MAX_ZSTD_LEVEL) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "zstd level " + zstdLevel + " is not between 1 and " + MAX_ZSTD_LEVEL);
        }
    }
}
