package io.voxelflight.catalog.api;

import java.util.List;
import java.util.UUID;

/** Looks up what is known of a dataset beyond its description. Errors: UNAVAILABLE if the database does not answer. */
public interface DatasetDetails {
    /** How its voxels were recorded, the earliest first; none for a dataset that is not there. */
    List<Acquisition> acquisitions(UUID dataset);

    /**
     * What the chunk index says of its levels, the finest first, of those alone that have rows there and no more than {@code
     * mostChunks}: all rows of a level are looked at.
     */
    List<LevelStatistics> statistics(UUID dataset, long mostChunks);
}
