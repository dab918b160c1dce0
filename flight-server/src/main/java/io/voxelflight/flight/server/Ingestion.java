package io.voxelflight.flight.server;

import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.postgres.server.FileTree;
import io.voxelflight.flight.config.Home;
import io.voxelflight.ingestion.IngestLimits;
import io.voxelflight.ingestion.IngestProgress;
import io.voxelflight.ingestion.IngestRequest;
import io.voxelflight.ingestion.Ingestor;
import io.voxelflight.ingestion.source.SourceOptions;
import io.voxelflight.ingestion.source.Sources;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/**
 * One source on its way to become a dataset: opened, so that what is wrong with it is said before a database is started,
 * and given its memory.
 */
public final class Ingestion implements AutoCloseable {
    /** Of the memory that an ingestion may take, the share in which a source keeps what it decompressed. */
    private static final int CACHE_SHARE = 4;

    private final Settings settings;
    private final IngestRequest request;
    private final Path scratch;
    private final VolumeSource source;

    /**
     * What to ingest and how.
     *
     * @param dataset path of the array inside a container; null: the only one
     * @param axes of the source, in its own order; null: as the source says
     * @param kind null: as the source says, else an image
     * @param voxelSize null: as the source says
     * @param layout of what is stored
     * @param workers threads
     * @param memoryBytes for voxels on their way, all stages together
     */
    public record Settings(
            Path source,
            DatasetName name,
            @Nullable String dataset,
            @Nullable List<Axis> axes,
            @Nullable VolumeKind kind,
            @Nullable VoxelSize voxelSize,
            @Nullable String modality,
            List<String> tags,
            StorageLayout layout,
            int workers,
            long memoryBytes) {}

    private Ingestion(Settings settings, IngestRequest request, Path scratch, VolumeSource source) {
        this.settings = settings;
        this.request = request;
        this.scratch = scratch;
        this.source = source;
    }

    /** @throws ServiceException INVALID_ARGUMENT for settings that cannot be; as {@link Sources#open} */
    public static Ingestion open(Home home, Settings settings) {
        IngestRequest request = new IngestRequest(
                settings.name(),
                settings.source().toAbsolutePath().normalize().toString(),
                home.volumes(),
                settings.kind(),
                settings.voxelSize(),
                settings.modality(),
                settings.tags(),
                settings.layout());
        home.prepare();
        Path scratch;
        try {
            scratch = Files.createTempDirectory(home.run(), "scratch");
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE, "no scratch folder can be made in " + home.run() + ": " + e, e);
        }
        try {
            SourceOptions options = new SourceOptions(
                    settings.dataset(), settings.axes(), scratch, settings.memoryBytes() / CACHE_SHARE);
            return new Ingestion(settings, request, scratch, Sources.open(settings.source(), options));
        } catch (RuntimeException e) {
            delete(scratch, e);
            throw e;
        }
    }

    /**
     * Ingests and publishes.
     *
     * @throws ServiceException if it failed; then nothing is published and nothing is left behind
     */
    public Dataset run(Installation installation, IngestProgress progress, Cancellation cancellation) {
        long bytes = settings.memoryBytes() - settings.memoryBytes() / CACHE_SHARE;
        try (BufferAllocator allocator = new RootAllocator()) {
            return new Ingestor(
                            allocator,
                            new IngestLimits(bytes, settings.workers()),
                            installation.datasets(),
                            installation.publisher())
                    .ingest(source, request, progress, cancellation);
        }
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        try {
            source.close();
        } catch (RuntimeException e) {
            failure = e;
        }
        delete(scratch, failure);
        if (failure != null) {
            throw failure;
        }
    }

    private static void delete(Path scratch, @Nullable RuntimeException cause) {
        try {
            FileTree.delete(scratch);
        } catch (IOException e) {
            if (cause == null) {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE, "scratch folder " + scratch + " cannot be deleted: " + e, e);
            }
            cause.addSuppressed(e);
        }
    }
}
