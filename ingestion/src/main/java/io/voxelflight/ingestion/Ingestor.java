package io.voxelflight.ingestion;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.blockio.encode.VolumeWriter;
import io.voxelflight.blockio.encode.ZarrVolumeWriter;
import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.ingestion.plan.IngestPlan;
import io.voxelflight.ingestion.plan.IngestPlanner;
import io.voxelflight.ingestion.plan.Pyramid;
import io.voxelflight.ingestion.plan.PyramidLevel;
import io.voxelflight.ingestion.publish.Publication;
import io.voxelflight.ingestion.publish.StagingArea;
import io.voxelflight.ingestion.publish.StagingFolder;
import io.voxelflight.ingestion.publish.StoredVolumes;
import io.voxelflight.ingestion.run.ChunkRowFile;
import io.voxelflight.ingestion.run.IngestRun;
import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Makes a stored, published dataset of a source: OME-Zarr with pyramid, statistics of every chunk, catalog rows. Until it
 * returns nothing of it is visible, and if it fails nothing stays.
 */
public final class Ingestor {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ATTRIBUTES = "voxelflight";
    /** Bytes of a decoded chunk: what readers take as one piece, at most. */
    private static final long MAX_CHUNK_BYTES = 512L << 20;

    private final BufferAllocator allocator;
    private final IngestLimits limits;
    private final DatasetReader reader;
    private final DatasetPublisher publisher;

    /** @param allocator a child of it, limited to {@code limits.memoryBytes()}, holds all voxels of an ingestion */
    public Ingestor(BufferAllocator allocator, IngestLimits limits, DatasetReader reader, DatasetPublisher publisher) {
        this.allocator = allocator;
        this.limits = limits;
        this.reader = reader;
        this.publisher = publisher;
    }

    /**
     * Ingests a source. The caller keeps and closes it.
     *
     * @return the published dataset
     * @throws ServiceException ALREADY_EXISTS before anything is read if the name is taken, or at the end if another was
     *     faster; RESOURCE_EXHAUSTED if the disk is full or the memory limit too small; what the source or the database
     *     throw; CANCELLED. Then nothing is published, and no file stays
     */
    public Dataset ingest(
            VolumeSource source, IngestRequest request, IngestProgress progress, Cancellation cancellation) {
        Instant started = now();
        SourceDescription description = source.description();
        requireFree(request.name());
        VolumeKind kind = kind(request, description);
        checkSize(request, description);
        StagingArea area = new StagingArea(request.volumesFolder());
        area.sweep(reader);

        StorageLayout layout = request.layout();
        VoxelSize voxelSize = request.voxelSize() != null ? request.voxelSize() : description.voxelSize();
        Pyramid pyramid = Pyramid.of(description.extent(), voxelSize, layout.chunk());
        ObjectNode provenance = provenance(request, description, started);
        VolumeSpec spec = new VolumeSpec(
                request.name().value(),
                kind,
                description.elementType(),
                description.axes(),
                layout,
                pyramid.levels().stream().map(PyramidLevel::spec).toList(),
                Map.of(ATTRIBUTES, JSON.convertValue(provenance, Map.class)));
        IngestPlan plan =
                IngestPlanner.plan(spec, pyramid, description.readUnit(), limits.memoryBytes(), limits.workers());

        try (StagingFolder staging = area.open(request.name());
                BufferAllocator voxels =
                        allocator.newChildAllocator("ingest " + request.name(), 0, limits.memoryBytes());
                ChunkRowFile rows = new ChunkRowFile(staging.rows())) {
            List<Long> storedBytes;
            try (VolumeWriter writer = new ZarrVolumeWriter(staging.volume(), spec, voxels)) {
                writer.writeMetadata();
                long total = description.extent().voxels()
                        * description.elementType().bytes();
                storedBytes = new IngestRun(
                                plan, source, writer, rows, voxels, done -> progress.update(done, total), cancellation)
                        .run();
                rows.close();
                writer.sync();
            }
            cancellation.throwIfCancelled();
            UUID id = UUID.randomUUID();
            Path place = new StoredVolumes(request.volumesFolder()).place(request.name(), id);
            Dataset dataset = dataset(id, place, request, description, spec, pyramid, storedBytes, provenance);
            try (ChunkRowFile.Rows chunks = rows.read()) {
                new Publication(reader, publisher)
                        .publish(staging, place, dataset, List.of(acquisition(request, description)), chunks);
            }
            return dataset;
        }
    }

    /**
     * Deletes the files of a dataset that is no longer in the catalog.
     *
     * @param volumesFolder where stored volumes lie; a dataset that lies elsewhere is not ours to delete
     * @return whether there were files of ours
     */
    public static boolean deleteFiles(Dataset removed, Path volumesFolder) {
        return new StoredVolumes(volumesFolder).delete(removed);
    }

    private void requireFree(DatasetName name) {
        if (reader.find(name).isPresent()) {
            throw new ServiceException(
                    ErrorCode.ALREADY_EXISTS,
                    "dataset '" + name + "' exists already: choose another --name, or 'voxelflight remove " + name
                            + "' first");
        }
    }

    private static VolumeKind kind(IngestRequest request, SourceDescription description) {
        VolumeKind kind = request.kind() != null ? request.kind() : description.kind();
        if (kind == VolumeKind.LABELS && description.elementType().isFloat()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    request.sourceLocation() + " holds "
                            + description.elementType().numpyName()
                            + " voxels, labels are integers: ingest it as an image");
        }
        return kind == null ? VolumeKind.IMAGE : kind;
    }

    private static void checkSize(IngestRequest request, SourceDescription description) {
        Extent extent = description.extent();
        if (extent.isEmpty()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, request.sourceLocation() + " has no voxels, its size is " + extent);
        }
        for (Axis axis : Axis.values()) {
            if (extent.along(axis) > Integer.MAX_VALUE) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        request.sourceLocation() + " has " + extent.along(axis) + " voxels along " + axis.letter()
                                + ", at most " + Integer.MAX_VALUE + " are supported");
            }
        }
        long chunkBytes = (long) request.layout().chunk().voxels()
                * description.elementType().bytes();
        if (chunkBytes > MAX_CHUNK_BYTES) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "chunk " + request.layout().chunk() + " of "
                            + description.elementType().numpyName() + " has " + chunkBytes + " bytes, at most "
                            + MAX_CHUNK_BYTES + " are allowed: choose smaller chunks");
        }
    }

    private static Dataset dataset(
            UUID id,
            Path place,
            IngestRequest request,
            SourceDescription description,
            VolumeSpec spec,
            Pyramid pyramid,
            List<Long> storedBytes,
            ObjectNode provenance) {
        List<Level> levels = new ArrayList<>();
        for (PyramidLevel level : pyramid.levels()) {
            levels.add(new Level(
                    level.number(),
                    level.extent(),
                    spec.chunk(),
                    ZarrVolumeWriter.shard(spec, spec.levels().get(level.number()))
                            .extent(),
                    level.voxelSize(),
                    String.valueOf(level.number()),
                    storedBytes.get(level.number())));
        }
        Instant finished = now();
        ObjectNode attrs = provenance.deepCopy();
        attrs.withObject("/ingestion")
                .put("finished_at", finished.toString())
                .put(
                        "stored_bytes",
                        storedBytes.stream().mapToLong(Long::longValue).sum());
        return new Dataset(
                id,
                request.name(),
                spec.kind(),
                description.elementType(),
                description.axes().stream().map(Axis::letter).collect(Collectors.joining()),
                pyramid.levels().get(0).voxelSize(),
                request.modality(),
                request.tags(),
                location(place),
                levels,
                attrs,
                finished);
    }

    /** As a folder's URI, whether it is there yet or not. */
    private static String location(Path place) {
        String uri = place.toUri().toString();
        return uri.endsWith("/") ? uri : uri + "/";
    }

    /** One for each dataset, so that a user finds it where they look; it says what the source said. */
    private static Acquisition acquisition(IngestRequest request, SourceDescription description) {
        ObjectNode attrs = JsonNodeFactory.instance.objectNode();
        attrs.put("source", request.sourceLocation()).put("format", description.format());
        attrs.set("metadata", description.metadata());
        String instrument = description.metadata().path("instrument").asText("");
        return new Acquisition(UUID.randomUUID(), instrument.isEmpty() ? null : instrument, null, null, attrs);
    }

    private static ObjectNode provenance(IngestRequest request, SourceDescription description, Instant started) {
        ObjectNode provenance = JsonNodeFactory.instance.objectNode();
        ObjectNode source = provenance.putObject("source");
        source.put("location", request.sourceLocation())
                .put("format", description.format())
                .put("bytes", description.sourceBytes())
                .set("metadata", description.metadata());
        ObjectNode ingestion = provenance.putObject("ingestion");
        ingestion
                .put("software", software())
                .put("started_at", started.toString())
                .put(
                        "voxel_bytes",
                        description.extent().voxels()
                                * description.elementType().bytes());
        ingestion
                .putObject("settings")
                .put("ome_zarr", request.layout().zarr().omeVersion())
                .put("chunk", request.layout().chunk().toString())
                .put("shard", request.layout().shard().toString())
                .put("zstd_level", request.layout().zstdLevel());
        return provenance;
    }

    private static String software() {
        String version = Ingestor.class.getPackage().getImplementationVersion();
        return "voxelflight " + (version == null ? "development build" : version);
    }

    /** As precise as the catalog keeps it. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
