package io.voxelflight.catalog.api;

import io.voxelflight.model.DatasetName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Looks datasets up. Sees published datasets only. Errors: UNAVAILABLE if the database does not answer. */
public interface DatasetReader {
    /** All datasets, by name. */
    List<Dataset> datasets();

    Optional<Dataset> find(DatasetName name);

    default Optional<Dataset> find(UUID id) {
        return datasets().stream().filter(dataset -> dataset.id().equals(id)).findFirst();
    }

    /** The names of all datasets, by their ids. */
    default Map<UUID, DatasetName> names() {
        return datasets().stream().collect(Collectors.toMap(Dataset::id, Dataset::name));
    }
}
