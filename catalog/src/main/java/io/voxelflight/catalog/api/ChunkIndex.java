package io.voxelflight.catalog.api;

import io.voxelflight.model.Box;
import java.util.UUID;
import java.util.function.Consumer;

/** Reads rows of the chunk index. Errors: UNAVAILABLE if the database does not answer. */
public interface ChunkIndex {
    /**
     * Hands over the rows of all chunks of a level that share a voxel with a box, in no particular order, a few at a time in
     * memory. None for a dataset that is not there, or that was registered without statistics.
     *
     * @param each may throw, which ends the reading and is passed on
     */
    void chunks(UUID dataset, int level, Box box, Consumer<ChunkRow> each);
}
