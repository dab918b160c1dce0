package io.voxelflight.flight.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.VolumeKind;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Datasets of which only the name matters. */
final class TestDatasets {
    private TestDatasets() {}

    /** A dataset without levels at {@code file:/NAME}. */
    static Dataset named(DatasetName name, UUID id) {
        return new Dataset(
                id,
                name,
                VolumeKind.IMAGE,
                ElementType.UINT8,
                "zyx",
                null,
                null,
                List.of(),
                "file:/" + name,
                List.of(),
                JsonNodeFactory.instance.objectNode(),
                Instant.EPOCH);
    }
}
