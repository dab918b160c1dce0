package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.format.StoredVolume;
import io.voxelflight.model.Axis;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what lies at a place. */
public interface VolumeInspector {
    /**
     * What lies at {@code location}: a volume or several. Reads metadata only.
     *
     * @param axes of its arrays in stored order, whatever the metadata says; null: as it says
     * @throws io.voxelflight.model.ServiceException NOT_FOUND, UNSUPPORTED, CORRUPT_DATA or UNAVAILABLE, naming the place;
     *     INVALID_ARGUMENT if {@code axes} do not fit
     */
    StoredVolume inspect(URI location, @Nullable List<Axis> axes);
}
