package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.VolumeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what lies at a place of an N5 container: a dataset, a group of scale levels ({@code s0}, {@code s1} ... as
 * n5-viewer, BigDataViewer, Neuroglancer and the OpenOrganelle volumes have it), or a group with several of either.
 *
 * @see <a href="https://github.com/saalfeldlab/n5">N5's file-system specification</a>
 */
public final class N5 {
    private static final String ATTRIBUTES = "attributes.json";

    /** The versions of N5 that are known: later ones may mean something else by the same words. */
    private static final int NEWEST_VERSION = 4;

    private static final int MAX_LEVELS = 64;

    /** How deep and wide a container is searched for datasets. */
    private static final int MAX_DEPTH = 8;

    private static final int MAX_FOLDERS = 20_000;

    /** What is read into values: the rest of a group's attributes is kept as it is. */
    private static final Set<String> UNDERSTOOD =
            Set.of("n5", "dimensions", "blockSize", "dataType", "compression", "compressionType", "axes");

    private N5() {}

    /**
     * What lies there; empty if nothing of N5 does.
     *
     * @param axes of the arrays, slowest first; null: as the metadata says
     */
    public static Optional<StoredVolume> volume(Documents documents, @Nullable List<Axis> axes) {
        Optional<JsonNode> attributes = documents.read(ATTRIBUTES);
        attributes.ifPresent(found -> checkVersion(found, documents.describe(ATTRIBUTES)));
        Optional<StoredVolume> here = at(documents, attributes.orElse(Metadata.object()), axes);
        if (here.isPresent()) {
            return here;
        }
        if (attributes.isEmpty()) {
            return Optional.empty();
        }
        List<String> paths = new ArrayList<>();
        int[] left = {MAX_FOLDERS};
        boolean whole = search(documents, "", 0, paths, left);
        if (!whole) {
            throw Metadata.unsupported(
                    documents.describe(""),
                    "holds more than " + MAX_FOLDERS + " folders: name the path of one of its datasets");
        }
        if (!paths.isEmpty()) {
            return Optional.of(new StoredVolume.Many("N5 container", paths));
        }
        if (attributes.get().has("n5")) {
            throw Metadata.unsupported(
                    documents.describe(ATTRIBUTES),
                    "is of an N5 container in which no dataset is found: name the path of one");
        }
        return Optional.empty();
    }

    private static void checkVersion(JsonNode attributes, String place) {
        String version = attributes.path("n5").asText();
        String major = version.replaceFirst("[^0-9].*", "");
        if (major.length() > 9 || (!major.isEmpty() && Integer.parseInt(major) > NEWEST_VERSION)) {
            throw Metadata.unsupported(
                    place, "is N5 of version " + version + ", versions up to " + NEWEST_VERSION + " are supported");
        }
    }

    /** A dataset or the levels of one. */
    private static Optional<StoredVolume> at(Documents documents, JsonNode attributes, @Nullable List<Axis> axes) {
        String group = documents.describe(ATTRIBUTES);
        if (N5Array.isDataset(attributes)) {
            return Optional.of(one("N5", attributes, single(attributes, axes, group)));
        }
        List<String> named = levelPaths(attributes);
        boolean guessed = named.isEmpty();
        int count = guessed ? MAX_LEVELS : named.size();
        List<VolumeMetadata.LevelMetadata> levels = new ArrayList<>();
        N5Scales scales = new N5Scales(attributes, group);
        for (int level = 0; level < count; level++) {
            String below = guessed ? "s" + level : named.get(level);
            String key = join(below, ATTRIBUTES);
            Optional<JsonNode> found = documents.read(key);
            String place = documents.describe(key);
            if (found.isEmpty() && !guessed) {
                throw Metadata.corrupt(group, "names the level '" + below + "', " + place + " is not there");
            }
            if (found.isEmpty() || !N5Array.isDataset(found.get())) {
                break;
            }
            ArrayMetadata array = N5Array.array(withAxes(found.get(), attributes), axes, place);
            if (!levels.isEmpty()) {
                checkLevel(levels.get(0).array(), array, place);
            }
            levels.add(scales.level(level, below, array, found.get()));
        }
        if (levels.isEmpty()) {
            return Optional.empty();
        }
        scales.checkCount(levels.size());
        return Optional.of(one("N5 multiscale", attributes, levels));
    }

    private static List<VolumeMetadata.LevelMetadata> single(
            JsonNode attributes, @Nullable List<Axis> axes, String place) {
        ArrayMetadata array = N5Array.array(attributes, axes, place);
        return List.of(new N5Scales(Metadata.object(), place).level(0, "", array, attributes));
    }

    /** A group's {@code axes} hold for its levels. */
    private static JsonNode withAxes(JsonNode level, JsonNode group) {
        if (level.has("axes") || !group.has("axes") || !(level instanceof ObjectNode object)) {
            return level;
        }
        return object.deepCopy().set("axes", group.get("axes"));
    }

    private static void checkLevel(ArrayMetadata finest, ArrayMetadata level, String place) {
        if (level.elementType() != finest.elementType() || !level.axes().equals(finest.axes())) {
            throw Metadata.unsupported(
                    place,
                    "has " + level.elementType().numpyName() + " voxels and axes "
                            + Axes.letters(level.axes()) + ", the finest level has "
                            + finest.elementType().numpyName() + " and " + Axes.letters(finest.axes()));
        }
    }

    private static StoredVolume one(String format, JsonNode attributes, List<VolumeMetadata.LevelMetadata> levels) {
        ArrayMetadata finest = levels.get(0).array();
        ObjectNode kept = Metadata.object();
        attributes.properties().forEach(field -> {
            if (!UNDERSTOOD.contains(field.getKey())) {
                kept.set(field.getKey(), field.getValue());
            }
        });
        return new StoredVolume.One(new VolumeMetadata(
                format, kind(attributes, finest.elementType()), Axes.canonical(finest.axes()), levels, kept));
    }

    /** Paintera marks labels with the largest of them. */
    private static VolumeKind kind(JsonNode attributes, ElementType type) {
        boolean labels = attributes.has("maxId")
                || attributes.path("painteraData").path("type").asText().equals("label");
        return labels && !type.isFloat() ? VolumeKind.LABELS : VolumeKind.IMAGE;
    }

    /** OpenOrganelle's {@code multiscales}, which name the levels. */
    private static List<String> levelPaths(JsonNode attributes) {
        List<String> paths = new ArrayList<>();
        for (JsonNode dataset : attributes.path("multiscales").path(0).path("datasets")) {
            paths.add(dataset.path("path").asText());
        }
        return paths;
    }

    /** Collects the datasets and groups of levels below {@code path}; false if there are too many folders to look at all. */
    private static boolean search(Documents documents, String path, int depth, List<String> found, int[] left) {
        if (depth == MAX_DEPTH) {
            return true;
        }
        for (String folder : documents.folders(path).orElse(List.of())) {
            if (--left[0] < 0) {
                return false;
            }
            String below = join(path, folder);
            if (isVolume(documents, below)) {
                found.add(below);
            } else if (!search(documents, below, depth + 1, found, left)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVolume(Documents documents, String path) {
        JsonNode attributes = documents.read(join(path, ATTRIBUTES)).orElse(Metadata.object());
        return N5Array.isDataset(attributes)
                || !levelPaths(attributes).isEmpty()
                || documents
                        .read(join(path, "s0/" + ATTRIBUTES))
                        .filter(N5Array::isDataset)
                        .isPresent();
    }

    private static String join(String path, String below) {
        return path.isEmpty() ? below : path + "/" + below;
    }
}
