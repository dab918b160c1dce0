package io.voxelflight.blockio.assemble;

import io.voxelflight.model.Axis;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens stored volumes. All volumes that one opener opened share its chunk cache. */
public interface VolumeOpener {
    /**
     * Opens the volume at {@code location}, reading its metadata only.
     *
     * @param axes of its arrays in stored order, whatever the metadata says; null: as it says
     * @throws io.voxelflight.model.ServiceException NOT_FOUND, UNSUPPORTED, CORRUPT_DATA or UNAVAILABLE, naming the place;
     *     INVALID_ARGUMENT if several volumes lie there, naming them, or if {@code axes} do not fit
     */
    VolumeReader open(URI location, @Nullable List<Axis> axes);

    /** Opens a volume whose metadata names the axes, or whose axes go by its number of dimensions. */
    default VolumeReader open(URI location) {
        return open(location, null);
    }
}
