package io.voxelflight.ingestion.publish;

import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.OutcomeUnknownException;
import io.voxelflight.model.ServiceException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last step of an ingestion: the volume to its final place, the dataset into the catalog, or neither. */
public final class Publication {
    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    private final DatasetReader reader;
    private final DatasetPublisher publisher;

    public Publication(DatasetReader reader, DatasetPublisher publisher) {
        this.reader = reader;
        this.publisher = publisher;
    }

    /**
     * Publishes a whole, durable volume.
     *
     * @param dataset with the location {@code target}
     * @throws ServiceException if it is not published, and then its files are gone; or if that cannot be found out, and
     *     then the message says so and the next ingestion finds out
     */
    public void publish(
            StagingFolder staging,
            Path target,
            Dataset dataset,
            List<Acquisition> acquisitions,
            Iterator<ChunkRow> chunks) {
        staging.moveVolumeTo(target);
        try {
            publisher.publish(dataset, acquisitions, chunks);
        } catch (OutcomeUnknownException unknown) {
            if (!isPublished(staging, target, dataset, unknown)) {
                delete(staging, target, unknown);
                throw unknown;
            }
            LOG.info("dataset '{}' is published, though the answer was lost: {}", dataset.name(), unknown.line());
        } catch (RuntimeException failure) {
            delete(staging, target, failure);
            throw failure;
        }
    }

    private boolean isPublished(StagingFolder staging, Path target, Dataset dataset, OutcomeUnknownException failure) {
        try {
            Optional<Dataset> found = reader.find(dataset.name());
            return found.isPresent() && found.get().id().equals(dataset.id());
        } catch (RuntimeException unknown) {
            staging.keep();
            failure.addSuppressed(unknown);
            throw new ServiceException(
                    failure.code(),
                    failure.line() + "; whether dataset '" + dataset.name()
                            + "' was published could not be asked: see 'voxelflight datasets' when the database is back"
                            + " and run the command again if it is not there (then the files in " + target
                            + " are removed)",
                    failure);
        }
    }

    private static void delete(StagingFolder staging, Path target, RuntimeException failure) {
        try {
            Folders.delete(target);
        } catch (RuntimeException e) {
            staging.keep(); // the next ingestion removes it
            failure.addSuppressed(e);
        }
    }
}
