package io.voxelflight.catalog.api;

import io.voxelflight.model.DatasetName;
import java.util.List;
import java.util.Optional;

/** Looks datasets up. Sees published datasets only. Errors: UNAVAILABLE if the database does not answer. */
public interface DatasetReader {
    /** All datasets, by name. */
    List<Dataset> datasets();

    Optional<Dataset> find(DatasetName name);
}
