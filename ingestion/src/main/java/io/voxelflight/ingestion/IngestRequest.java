package io.voxelflight.ingestion;

import io.voxelflight.blockio.format.StorageLayout;
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
 * @param layout how it is stored; chunks have even sides, as the pyramid halves chunks
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
        StorageLayout layout) {
    public IngestRequest {
        tags = List.copyOf(tags);
        BlockShape chunk = layout.chunk();
        if (chunk.z() % 2 != 0 || chunk.y() % 2 != 0 || chunk.x() % 2 != 0) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "chunk " + chunk + " has an odd side: the pyramid halves chunks, choose even sides");
        }
    }
}
