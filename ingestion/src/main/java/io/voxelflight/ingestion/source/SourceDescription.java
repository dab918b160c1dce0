package io.voxelflight.ingestion.source;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a source says of itself.
 *
 * @param format such as {@code HDF5} or {@code TIFF}
 * @param axes the axes that the volume really has, in (t, c, z, y, x) order, z, y and x always among them
 * @param voxelSize null if the source does not say
 * @param kind null if the source does not say
 * @param readUnit what the source must read or decompress as one piece (a tile, strip, chunk); reads that cover whole
 *     units waste nothing
 * @param sourceBytes size of the source's files
 * @param metadata what else the source says (provenance): JSON; goes to the dataset's attributes
 */
public record SourceDescription(
        String format,
        Extent extent,
        List<Axis> axes,
        ElementType elementType,
        @Nullable VoxelSize voxelSize,
        @Nullable VolumeKind kind,
        BlockShape readUnit,
        long sourceBytes,
        ObjectNode metadata) {}
