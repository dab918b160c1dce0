package io.voxelflight.catalog.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A published dataset.
 *
 * @param id stable, never reused
 * @param axes the axes the volume really has, such as {@code zyx} or {@code tczyx}
 * @param voxelSize of level 0; null if the source did not say
 * @param modality such as {@code FIB-SEM}; null if unknown
 * @param location where the stored volume lies: a {@code file:} URI
 * @param levels the finest first, at least one
 * @param attrs everything else: provenance, source metadata, settings
 */
public record Dataset(
        UUID id,
        DatasetName name,
        VolumeKind kind,
        ElementType elementType,
        String axes,
        @Nullable VoxelSize voxelSize,
        @Nullable String modality,
        List<String> tags,
        String location,
        List<Level> levels,
        ObjectNode attrs,
        Instant createdAt) {}
