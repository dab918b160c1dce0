package io.voxelflight.blockio.format;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All formats of stored volumes. */
public final class Formats {
    private interface Format {
        Optional<StoredVolume> recognise(Documents documents, @Nullable List<Axis> axes);
    }

    private static final List<Format> ALL = List.of(Zarr::recognise, N5::volume, Precomputed::recognise);

    private Formats() {}

    /**
     * What lies at a place.
     *
     * @param axes of its arrays in stored order, whatever the metadata says; null: as it says
     * @throws ServiceException NOT_FOUND if no format knows it; UNSUPPORTED or CORRUPT_DATA naming the document and the
     *     value; INVALID_ARGUMENT if {@code axes} do not fit; UNAVAILABLE
     */
    public static StoredVolume recognise(Documents documents, @Nullable List<Axis> axes) {
        return known(documents, axes)
                .or(() -> new VolumeFolder(below -> known(below, axes)).search(documents))
                .orElseThrow(() -> new ServiceException(
                        ErrorCode.NOT_FOUND,
                        documents.describe("") + " is no stored volume: none of zarr.json, .zarray, .zgroup, .zattrs,"
                                + " attributes.json and info is there"));
    }

    private static Optional<StoredVolume> known(Documents documents, @Nullable List<Axis> axes) {
        for (Format format : ALL) {
            Optional<StoredVolume> found = format.recognise(documents, axes);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
