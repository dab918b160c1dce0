package io.voxelflight.flight.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.Axes;
import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.blockio.format.StoredVolume;
import io.voxelflight.blockio.format.VolumeMetadata;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Makes datasets of volumes where they lie: looks, reads a block of each as a proof, and puts them into the catalog. */
public final class Registration {
    /** A volume's own metadata that is kept in the catalog, as JSON text. */
    private static final int MAX_KEPT_CHARACTERS = 1 << 20;

    /** How many paths an error lists. */
    private static final int SHOWN_PATHS = 20;

    private final Settings settings;
    private final StoredVolumeOpener opener;
    private final BufferAllocator allocator;

    /**
     * What to register and how.
     *
     * @param location of the volume or of what holds several
     * @param all every volume of a place that holds several, named {@code NAME-path}
     * @param axes of the stored arrays, slowest first; null: as the volume says
     * @param kind null: as the volume says
     * @param voxelSize of level 0; null: as the volume says
     */
    public record Settings(
            URI location,
            DatasetName name,
            boolean all,
            @Nullable List<Axis> axes,
            @Nullable VolumeKind kind,
            @Nullable VoxelSize voxelSize,
            @Nullable String modality,
            List<String> tags) {}

    /** @param allocator for the voxels that are read as a proof */
    public Registration(Settings settings, StoredVolumeOpener opener, BufferAllocator allocator) {
        this.settings = settings;
        this.opener = opener;
        this.allocator = allocator;
    }

    /**
     * The datasets that would be registered, none of them in the catalog yet.
     *
     * @throws ServiceException NOT_FOUND, UNSUPPORTED, CORRUPT_DATA or UNAVAILABLE, naming what lies there; INVALID_ARGUMENT
     *     if several volumes lie there and not all are wanted, or if the settings do not fit the volume
     */
    public List<Dataset> inspect() {
        StoredVolume found = opener.inspect(settings.location(), settings.axes());
        if (found instanceof StoredVolume.One one) {
            return List.of(dataset(settings.name(), settings.location(), one.metadata()));
        }
        StoredVolume.Many many = (StoredVolume.Many) found;
        if (!settings.all()) {
            throw several(many);
        }
        Map<DatasetName, String> names = new HashMap<>();
        List<Dataset> datasets = new ArrayList<>();
        for (String path : many.paths()) {
            DatasetName name = name(path);
            String other = names.put(name, path);
            if (other != null) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "'" + other + "' and '" + path + "' in " + settings.location() + " would both be named '" + name
                                + "': register them one by one");
            }
            URI location = below(settings.location(), path);
            if (!(opener.inspect(location, settings.axes()) instanceof StoredVolume.One one)) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED, location + " holds several volumes itself: register them one by one");
            }
            datasets.add(dataset(name, location, one.metadata()));
        }
        return datasets;
    }

    /**
     * Publishes all datasets, or none.
     *
     * @throws ServiceException ALREADY_EXISTS if a name is taken
     */
    public static void publish(List<Dataset> datasets, DatasetReader reader, DatasetPublisher publisher) {
        for (Dataset dataset : datasets) { // before the first is seen by anybody
            if (reader.find(dataset.name()).isPresent()) {
                throw new ServiceException(
                        ErrorCode.ALREADY_EXISTS,
                        "dataset '" + dataset.name()
                                + "' exists already: choose another --name, or 'voxelflight remove " + dataset.name()
                                + "' first");
            }
        }
        List<Dataset> published = new ArrayList<>();
        try {
            for (Dataset dataset : datasets) {
                publisher.publish(dataset, List.of(), Collections.emptyIterator());
                published.add(dataset);
            }
        } catch (RuntimeException failure) {
            for (Dataset dataset : published) {
                try {
                    publisher.remove(dataset.name());
                } catch (RuntimeException again) {
                    failure.addSuppressed(again);
                }
            }
            throw failure;
        }
    }

    private ServiceException several(StoredVolume.Many many) {
        List<String> shown =
                many.paths().subList(0, Math.min(SHOWN_PATHS, many.paths().size()));
        int more = many.paths().size() - shown.size();
        return new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                settings.location() + " is an " + many.what() + " of "
                        + many.paths().size()
                        + " volumes: choose one with --dataset, or --all to register each as '" + settings.name()
                        + "-PATH': " + String.join(", ", shown) + (more > 0 ? " and " + more + " more" : ""));
    }

    private DatasetName name(String path) {
        return new DatasetName(settings.name() + "-" + path.replaceAll("[^A-Za-z0-9._-]+", "-"));
    }

    /** The place of a volume below another. */
    public static URI below(URI place, String path) {
        String folder = place.getPath() == null ? "" : place.getPath();
        String whole = folder.replaceFirst("/+$", "") + "/"
                + path.replaceFirst("^/+", "").replaceFirst("/+$", "");
        try {
            return new URI(place.getScheme(), place.getAuthority(), whole, place.getQuery(), null);
        } catch (java.net.URISyntaxException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + path + "' below " + place + " makes no URI: " + e.getMessage(),
                    e);
        }
    }

    private Dataset dataset(DatasetName name, URI location, VolumeMetadata volume) {
        ArrayMetadata finest = volume.levels().get(0).array();
        VolumeKind kind = settings.kind() != null ? settings.kind() : volume.kind();
        if (kind == VolumeKind.LABELS && finest.elementType().isFloat()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    location + " holds " + finest.elementType().numpyName()
                            + " voxels, labels are integers: register it as an image");
        }
        List<Level> levels = new ArrayList<>();
        for (int level = 0; level < volume.levels().size(); level++) {
            levels.add(level(level, volume, location));
        }
        proveReadable(location, levels);
        return new Dataset(
                UUID.randomUUID(),
                name,
                kind,
                finest.elementType(),
                Axes.letters(volume.axes()),
                levels.get(0).voxelSize(),
                settings.modality(),
                settings.tags(),
                location.toString(),
                List.copyOf(levels),
                attributes(location, volume),
                Instant.now().truncatedTo(ChronoUnit.MICROS));
    }

    private Level level(int number, VolumeMetadata volume, URI location) {
        VolumeMetadata.LevelMetadata level = volume.levels().get(number);
        ArrayMetadata array = level.array();
        if (array.extent().isEmpty()) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    location + " has no voxels at level " + number + ": its size is " + array.extent());
        }
        Extent chunk = array.chunk();
        Extent shard = array.object();
        return new Level(
                number,
                array.extent(),
                new BlockShape(Math.toIntExact(chunk.z()), Math.toIntExact(chunk.y()), Math.toIntExact(chunk.x())),
                // a shard that is larger than the array is as good as one of its size
                Extent.zyx(
                        Math.max(chunk.z(), Math.min(shard.z(), array.extent().z())),
                        Math.max(chunk.y(), Math.min(shard.y(), array.extent().y())),
                        Math.max(chunk.x(), Math.min(shard.x(), array.extent().x()))),
                voxelSize(number, volume),
                level.path(),
                0);
    }

    /** What was said for level 0 holds for the others by how much coarser they are. */
    private @Nullable VoxelSize voxelSize(int number, VolumeMetadata volume) {
        VoxelSize given = settings.voxelSize();
        VoxelSize own = volume.levels().get(number).voxelSize();
        VoxelSize finest = volume.levels().get(0).voxelSize();
        if (given == null) {
            return own;
        }
        if (own != null && finest != null) {
            return given.times(own.z() / finest.z(), own.y() / finest.y(), own.x() / finest.x());
        }
        Extent whole = volume.levels().get(0).array().extent();
        Extent level = volume.levels().get(number).array().extent();
        double z = factor(whole.z(), level.z());
        double y = factor(whole.y(), level.y());
        double x = factor(whole.x(), level.x());
        return z > 0 && y > 0 && x > 0 ? given.times(z, y, x) : null;
    }

    /** The factor by which {@code whole} voxels became {@code coarse}; 0 if no whole number does that. */
    static long factor(long whole, long coarse) {
        long least = whole / coarse;
        for (long factor = Math.max(1, least - 1); factor <= least + 1; factor++) {
            if (whole / factor == coarse || (whole + factor - 1) / factor == coarse) {
                return factor;
            }
        }
        return 0;
    }

    /** Reads one block of the coarsest level: what cannot be fetched or decoded is better found now. */
    private void proveReadable(URI location, List<Level> levels) {
        try (VolumeReader reader = opener.open(location, settings.axes())) {
            ArrayReader array = reader.levels().get(levels.size() - 1);
            Extent size = array.extent();
            Point centre = new Point(size.t() / 2, size.c() / 2, size.z() / 2, size.y() / 2, size.x() / 2);
            try (ArrowBuf block = array.readBlock(centre, new BlockShape(1, 1, 1), allocator, new Cancellation())) {
                block.checkBytes(0, array.elementType().bytes());
            }
        }
    }

    private ObjectNode attributes(URI location, VolumeMetadata volume) {
        ObjectNode attrs = JsonNodeFactory.instance.objectNode();
        ArrayNode levels = JsonNodeFactory.instance.arrayNode();
        for (VolumeMetadata.LevelMetadata level : volume.levels()) {
            levels.add(describe(level));
        }
        List<Axis> axes = settings.axes();
        new InPlace(volume.format(), axes == null ? null : Axes.letters(axes), levels).writeTo(attrs);
        JsonNode kept = volume.attributes();
        int length = kept.toString().length();
        if (length > MAX_KEPT_CHARACTERS) {
            attrs.put("metadata_left_out", length + " characters, at most " + MAX_KEPT_CHARACTERS + " are kept");
        } else if (!kept.isEmpty()) {
            attrs.set("metadata", storable(kept));
        }
        attrs.putObject("source").put("location", location.toString()).put("format", volume.format());
        return attrs;
    }

    private static ObjectNode describe(VolumeMetadata.LevelMetadata level) {
        ArrayMetadata array = level.array();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("path", level.path());
        json.put("stored_axes", Axes.letters(array.axes()));
        json.set("shape", lengths(array.extent(), array.axes()));
        json.set("chunk", lengths(array.chunk(), array.axes()));
        if (!array.object().equals(array.chunk())) {
            json.set("shard", lengths(array.object(), array.axes()));
        }
        ArrayNode codecs = json.putArray("codecs");
        array.codecs().forEach(codec -> codecs.add(describe(codec)));
        VolumeMetadata.Translation shift = level.translation();
        if (shift != null) {
            json.putArray("translation").add(shift.z()).add(shift.y()).add(shift.x());
        }
        return json;
    }

    /** {@code Zstd(level=3, checksum=false)}. */
    private static String describe(CodecSpec codec) {
        return codec.toString().replace("[]", "").replace('[', '(').replace(']', ')');
    }

    private static ArrayNode lengths(Extent extent, List<Axis> axes) {
        ArrayNode lengths = JsonNodeFactory.instance.arrayNode();
        axes.forEach(axis -> lengths.add(extent.along(axis)));
        return lengths;
    }

    /** PostgreSQL takes no zero character in JSON. */
    private static JsonNode storable(JsonNode json) {
        if (json.isTextual()) {
            return JsonNodeFactory.instance.textNode(json.asText().replace("\0", "\\0"));
        }
        if (json.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            json.forEach(element -> array.add(storable(element)));
            return array;
        }
        if (json.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            json.properties()
                    .forEach(field -> object.set(field.getKey().replace("\0", "\\0"), storable(field.getValue())));
            return object;
        }
        return json;
    }
}
