package io.voxelflight.ingestion.source;

import java.nio.file.Path;

/** One kind of source that can be recognised and opened. */
public interface SourceFormat {
    /** For messages and provenance, such as {@code HDF5}. */
    String name();

    /** Whether {@code path} looks like this format: by its first bytes or its folder's content, not by its name alone. */
    boolean recognises(Path path);

    /**
     * Opens the volume and checks everything that can be checked without reading all voxels.
     *
     * @throws io.voxelflight.model.ServiceException one line: what, where, what to do
     */
    VolumeSource open(Path path, SourceOptions options);
}
