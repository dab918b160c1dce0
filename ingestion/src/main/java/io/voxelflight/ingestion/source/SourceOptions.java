package io.voxelflight.ingestion.source;

import io.voxelflight.model.Axis;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to open a source.
 *
 * @param dataset path of the array inside a container (HDF5); null: the only one of three or more dimensions
 * @param axes names of the source's axes in its own order, overriding what the format says or its rank suggests; null
 * @param scratch an existing folder for temporary files (decompressed .nii.gz); the source deletes what it puts there
 * @param cacheBytes the most bytes of decompressed units a source may keep
 */
public record SourceOptions(
        @Nullable String dataset, @Nullable List<Axis> axes, Path scratch, long cacheBytes) {}
