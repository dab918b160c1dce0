package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.voxelflight.model.Axis;
import io.voxelflight.model.VolumeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Recognises Zarr v2 and v3: single arrays, OME-Zarr groups, and other groups that list their arrays. */
final class Zarr {
    private Zarr() {}

    /** What lies at a place; empty if it is no Zarr. */
    static Optional<StoredVolume> recognise(Documents documents, @Nullable List<Axis> axes) {
        Optional<JsonNode> v3 = documents.read("zarr.json");
        if (v3.isPresent()) {
            return Optional.of(v3(documents, v3.get(), axes));
        }
        Optional<JsonNode> array = documents.read(".zarray");
        if (array.isPresent()) {
            String place = documents.describe(".zarray");
            return Optional.of(single("Zarr v2", ZarrV2.array(array.get(), axes, place)));
        }
        Optional<JsonNode> group = documents.read(".zgroup");
        Optional<JsonNode> attributes = documents.read(".zattrs");
        if (group.isPresent() || attributes.isPresent()) {
            return Optional.of(v2Group(documents, attributes.orElse(JsonNodeFactory.instance.objectNode()), axes));
        }
        if (documents.read("meta/root.group.json").isPresent()
                || documents.read("meta/root.array.json").isPresent()) {
            throw draft(documents.describe("meta"));
        }
        return Optional.empty();
    }

    private static RuntimeException draft(String place) {
        return Metadata.unsupported(
                place, "is of the Zarr v3 draft of 2020, which is not supported: convert it to Zarr v3");
    }

    private static StoredVolume v3(Documents documents, JsonNode root, @Nullable List<Axis> axes) {
        String place = documents.describe("zarr.json");
        if (root.path("zarr_format").isTextual() || root.has("metadata_encoding")) {
            throw draft(place);
        }
        if (root.path("node_type").asText().equals("array")) {
            return single("Zarr v3", ZarrV3.array(root, axes, place));
        }
        if (!root.path("node_type").asText().equals("group")
                || root.path("zarr_format").asInt() != 3) {
            throw Metadata.corrupt(
                    place,
                    "is neither an array nor a group of Zarr v3: zarr_format " + root.path("zarr_format")
                            + ", node_type " + root.path("node_type"));
        }
        OmeZarr.ArrayReader arrays = (path, own) -> {
            String key = path + "/zarr.json";
            return ZarrV3.array(required(documents, key), own, documents.describe(key));
        };
        return OmeZarr.group(documents, root.path("attributes"), 3, axes, arrays, place)
                .orElseGet(() -> listed(root.path("consolidated_metadata").path("metadata"), "", "Zarr v3", place));
    }

    private static StoredVolume v2Group(Documents documents, JsonNode attributes, @Nullable List<Axis> axes) {
        String place = documents.describe(".zattrs");
        OmeZarr.ArrayReader arrays = (path, own) -> {
            String key = path + "/.zarray";
            return ZarrV2.array(required(documents, key), own, documents.describe(key));
        };
        return OmeZarr.group(documents, attributes, 2, axes, arrays, place)
                .orElseGet(() -> listed(
                        documents
                                .read(".zmetadata")
                                .map(document -> document.path("metadata"))
                                .orElse(JsonNodeFactory.instance.nullNode()),
                        "/.zarray",
                        "Zarr v2",
                        place));
    }

    private static JsonNode required(Documents documents, String key) {
        return documents
                .read(key)
                .orElseThrow(() ->
                        Metadata.corrupt(documents.describe(key), "does not exist, though its group names the array"));
    }

    /** The arrays that consolidated metadata of a group lists. */
    private static StoredVolume listed(JsonNode consolidated, String suffix, String format, String place) {
        List<String> paths = new ArrayList<>();
        for (String key : names(consolidated)) {
            boolean array = suffix.isEmpty()
                    ? consolidated.path(key).path("node_type").asText().equals("array")
                    : key.endsWith(suffix);
            if (array) {
                paths.add(key.substring(0, key.length() - suffix.length()));
            }
        }
        if (paths.isEmpty()) {
            throw Metadata.unsupported(
                    place,
                    "is a " + format
                            + " group without OME-Zarr multiscales and without consolidated metadata: name one of"
                            + " its arrays");
        }
        return new StoredVolume.Many(format + " group", paths);
    }

    private static Iterable<String> names(JsonNode object) {
        TreeSet<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static StoredVolume single(String format, ArrayMetadata array) {
        VolumeMetadata.LevelMetadata level = new VolumeMetadata.LevelMetadata("", array, null, null);
        return new StoredVolume.One(new VolumeMetadata(
                format,
                VolumeKind.IMAGE,
                Axes.canonical(array.axes()),
                List.of(level),
                JsonNodeFactory.instance.objectNode()));
    }
}
