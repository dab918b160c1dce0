package io.voxelflight.ingestion.publish;

import io.voxelflight.blockio.encode.WriteFailures;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.model.DatasetName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/** The files of published datasets: one folder each, directly among the volumes. */
public final class StoredVolumes {
    private static final int SHOWN_ID_DIGITS = 8;

    private final Path volumes;

    /** @param volumes the folder in which they lie */
    public StoredVolumes(Path volumes) {
        this.volumes = volumes.toAbsolutePath().normalize();
    }

    /** Where the volume of a dataset goes: its name, and enough of its id to tell it from others of that name. */
    public Path place(DatasetName name, UUID id) {
        return volumes.resolve(name + "-" + id.toString().substring(0, SHOWN_ID_DIGITS));
    }

    /**
     * Deletes the files of a dataset that is no longer in the catalog. What lies elsewhere (a volume served in place) is
     * not ours and stays.
     *
     * @return whether there were files of ours
     */
    public boolean delete(Dataset dataset) {
        URI location = URI.create(dataset.location());
        if (!"file".equals(location.getScheme())) {
            return false;
        }
        Path folder = Path.of(location).toAbsolutePath().normalize();
        if (!volumes.equals(folder.getParent())) {
            return false;
        }
        try {
            new StagingArea(volumes).discard(folder);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw WriteFailures.of(folder, e);
        }
    }
}
