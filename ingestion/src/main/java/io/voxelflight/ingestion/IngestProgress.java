package io.voxelflight.ingestion;

/** Is told how far an ingestion is, often, by any of its threads. */
@FunctionalInterface
public interface IngestProgress {
    /** Told to nobody. */
    IngestProgress NONE = (doneBytes, totalBytes) -> {};

    /**
     * Called after each chunk.
     *
     * @param doneBytes voxels of level 0 that are done
     * @param totalBytes all voxels of level 0
     */
    void update(long doneBytes, long totalBytes);
}
