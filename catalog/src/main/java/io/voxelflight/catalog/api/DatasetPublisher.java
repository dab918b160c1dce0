package io.voxelflight.catalog.api;

import io.voxelflight.model.DatasetName;
import java.util.Iterator;
import java.util.List;

/** Makes datasets visible, and takes them away. */
public interface DatasetPublisher {
    /**
     * Publishes a dataset with its acquisitions, levels and all chunk rows in one transaction: readers see all or none.
     * The rows are streamed, never held together in memory.
     *
     * @throws io.voxelflight.model.ServiceException ALREADY_EXISTS if the name is taken; UNAVAILABLE if the database goes
     *     away: then nothing is published
     * @throws OutcomeUnknownException if it goes away while it commits
     */
    void publish(Dataset dataset, List<Acquisition> acquisitions, Iterator<ChunkRow> chunks);

    /**
     * Takes a dataset out of the catalog; its files are the caller's to delete afterwards.
     *
     * @return what was removed
     * @throws io.voxelflight.model.ServiceException NOT_FOUND
     */
    Dataset remove(DatasetName name);
}
