package io.voxelflight.blockio.format;

import io.voxelflight.model.Axis;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Recognises Neuroglancer precomputed volumes. */
final class Precomputed {
    private Precomputed() {}

    /** What lies at a place; empty if it is no precomputed volume. */
    static Optional<StoredVolume> recognise(Documents documents, @Nullable List<Axis> axes) {
        if (documents.read("info").isEmpty()) {
            return Optional.empty();
        }
        throw Metadata.unsupported(
                documents.describe("info"), "is of Neuroglancer precomputed, which is not supported yet");
    }
}
