package io.voxelflight.blockio.assemble;

import java.net.URI;

/** Opens stored volumes. All volumes that one opener opened share its chunk cache. */
public interface VolumeOpener {
    /**
     * Opens the volume at {@code location}, reading its metadata only.
     *
     * @throws io.voxelflight.model.ServiceException NOT_FOUND, UNSUPPORTED, CORRUPT_DATA or UNAVAILABLE, naming the place
     */
    VolumeReader open(URI location);
}
