package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.blockio.format.VolumeMetadata.LevelMetadata;
import io.voxelflight.blockio.format.VolumeMetadata.Translation;
import io.voxelflight.model.Axis;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the metadata of OME-Zarr groups, versions 0.1 to 0.5.
 *
 * @see <a href="https://ngff.openmicroscopy.org/">OME-NGFF</a>
 */
final class OmeZarr {
    private static final Set<String> V2_VERSIONS = Set.of("0.1", "0.2", "0.3", "0.4");
    /** What is kept of a group's attributes beside the multiscales. */
    private static final List<String> KEPT = List.of("omero", "image-label", "labels", "_creator");

    private OmeZarr() {}

    /** Reads the array at a path below the group. */
    interface ArrayReader {
        ArrayMetadata array(String path, @Nullable List<Axis> axes);
    }

    /**
     * What a group is, if its attributes are of OME-Zarr.
     *
     * @param documents of the group
     * @param attributes of the group
     * @param zarr 2 or 3
     * @param given axes that replace the group's; null: the group's
     */
    static Optional<StoredVolume> group(
            Documents documents,
            JsonNode attributes,
            int zarr,
            @Nullable List<Axis> given,
            ArrayReader arrays,
            String place) {
        JsonNode ome = zarr == 3 ? attributes.path("ome") : attributes;
        if (ome.path("multiscales").isArray() && !ome.path("multiscales").isEmpty()) {
            return Optional.of(new StoredVolume.One(volume(ome, zarr, given, arrays, place)));
        }
        if (ome.path("plate").isObject()) {
            return Optional.of(plate(documents, ome.path("plate"), zarr));
        }
        if (ome.path("well").isObject()) {
            return Optional.of(new StoredVolume.Many(
                    "OME-Zarr well", paths(ome.path("well").path("images"))));
        }
        if (ome.has("bioformats2raw.layout")) {
            return Optional.of(new StoredVolume.Many("file converted by bioformats2raw", series(documents, zarr)));
        }
        if (ome.path("labels").isArray()) {
            List<String> names = new ArrayList<>();
            ome.path("labels").forEach(name -> names.add(name.asText()));
            return Optional.of(new StoredVolume.Many("OME-Zarr label group", names));
        }
        return Optional.empty();
    }

    private static VolumeMetadata volume(
            JsonNode ome, int zarr, @Nullable List<Axis> given, ArrayReader arrays, String place) {
        JsonNode multiscale = ome.path("multiscales").get(0);
        String version = version(ome, multiscale, zarr, place);
        JsonNode named = multiscale.path("axes");
        List<Axis> axes = given != null ? given : axes(named, place);
        List<LevelMetadata> levels = new ArrayList<>();
        for (JsonNode dataset : multiscale.path("datasets")) {
            String path = dataset.path("path").asText();
            if (path.isEmpty()) {
                throw Metadata.corrupt(place, "has a multiscale with a dataset without a path");
            }
            ArrayMetadata array = arrays.array(path, axes);
            if (!levels.isEmpty()
                    && array.elementType() != levels.get(0).array().elementType()) {
                throw Metadata.corrupt(place, "has levels of different types");
            }
            double[] scale = new double[axes.size()];
            double[] shift = new double[axes.size()];
            Arrays.fill(scale, 1);
            boolean known = apply(dataset.path("coordinateTransformations"), scale, shift, place);
            known |= apply(multiscale.path("coordinateTransformations"), scale, shift, place);
            double[] units = known && named.isArray() ? units(named, axes) : new double[0];
            levels.add(new LevelMetadata(path, array, voxelSize(axes, scale, units), translation(axes, shift, units)));
        }
        if (levels.isEmpty()) {
            throw Metadata.corrupt(place, "has a multiscale without datasets");
        }
        ObjectNode kept = JsonNodeFactory.instance.objectNode();
        for (String name : KEPT) {
            if (ome.has(name)) {
                kept.set(name, ome.get(name));
            }
        }
        if (multiscale.hasNonNull("name")) {
            kept.set("name", multiscale.get("name"));
        }
        if (named.isArray()) {
            kept.set("axes", named);
        }
        return new VolumeMetadata(
                "OME-Zarr " + version,
                ome.has("image-label") ? VolumeKind.LABELS : VolumeKind.IMAGE,
                Axes.canonical(axes),
                levels,
                kept);
    }

    private static String version(JsonNode ome, JsonNode multiscale, int zarr, String place) {
        if (zarr == 3) {
            String version = ome.path("version").asText();
            if (!version.startsWith("0.5")) {
                throw Metadata.unsupported(place, "is OME-Zarr version '" + version + "', 0.1 to 0.5 are supported");
            }
            return "0.5";
        }
        String version = multiscale.path("version").asText("");
        if (version.isEmpty()) { // which writers of all versions have left out
            JsonNode axes = multiscale.path("axes");
            return !axes.isArray() ? "0.1" : axes.path(0).isTextual() ? "0.3" : "0.4";
        }
        if (V2_VERSIONS.stream().noneMatch(version::startsWith)) {
            throw Metadata.unsupported(place, "is OME-Zarr version '" + version + "', 0.1 to 0.5 are supported");
        }
        return version;
    }

    private static List<Axis> axes(JsonNode named, String place) {
        if (!named.isArray()) {
            return Axes.parse("tczyx"); // 0.1 and 0.2 have no other
        }
        List<Axis> axes = new ArrayList<>();
        for (JsonNode axis : named) {
            axes.add(axis(axis, place));
        }
        if (axes.isEmpty() || EnumSet.copyOf(axes).size() != axes.size()) {
            throw Metadata.corrupt(place, "has axes " + named + ", each of t, c, z, y and x may be there once");
        }
        return List.copyOf(axes);
    }

    private static Axis axis(JsonNode axis, String place) {
        String name = axis.isTextual() ? axis.asText() : axis.path("name").asText();
        Optional<Axis> byName = Axes.byName(name);
        if (byName.isPresent()) {
            return byName.get();
        }
        return switch (axis.path("type").asText()) {
            case "time" -> Axis.T;
            case "channel" -> Axis.C;
            default ->
                throw Metadata.unsupported(
                        place,
                        "has an axis '" + name + "', t, c, z, y and x are supported: name them with --axes, in stored"
                                + " order");
        };
    }

    /** Applies transformations on top of what is there; whether there was one. */
    private static boolean apply(JsonNode transformations, double[] scale, double[] shift, String place) {
        for (JsonNode transformation : transformations) {
            String type = transformation.path("type").asText();
            switch (type) {
                case "identity" -> {}
                case "scale" -> {
                    double[] factors = numbers(transformation.path("scale"), scale.length, place);
                    for (int i = 0; i < factors.length; i++) {
                        scale[i] *= factors[i];
                        shift[i] *= factors[i];
                    }
                }
                case "translation" -> {
                    double[] more = numbers(transformation.path("translation"), shift.length, place);
                    for (int i = 0; i < more.length; i++) {
                        shift[i] += more[i];
                    }
                }
                default ->
                    throw Metadata.unsupported(
                            place,
                            "has the coordinate transformation '" + type + "', scale and translation are supported");
            }
        }
        return !transformations.isEmpty();
    }

    private static double[] numbers(JsonNode json, int count, String place) {
        double[] numbers = new double[count];
        if (!json.isArray() || json.size() != count) {
            throw Metadata.unsupported(
                    place, "has a coordinate transformation of " + json + ", " + count + " numbers are expected");
        }
        for (int i = 0; i < count; i++) {
            numbers[i] = json.get(i).asDouble();
        }
        return numbers;
    }

    /** Nanometres of each axis' unit; 0 where it is no length. */
    private static double[] units(JsonNode named, List<Axis> axes) {
        double[] units = new double[axes.size()];
        for (int i = 0; i < units.length; i++) {
            units[i] = Units.nanometres(named.path(i).path("unit").asText(""));
        }
        return units;
    }

    private static @Nullable VoxelSize voxelSize(List<Axis> axes, double[] scale, double[] units) {
        double[] zyx = zyx(axes, scale, units);
        for (double length : zyx) {
            if (!(length > 0) || Double.isInfinite(length)) {
                return null;
            }
        }
        return zyx.length == 0 ? null : new VoxelSize(zyx[0], zyx[1], zyx[2]);
    }

    private static @Nullable Translation translation(List<Axis> axes, double[] shift, double[] units) {
        double[] zyx = zyx(axes, shift, units);
        return zyx.length == 0 ? null : new Translation(zyx[0], zyx[1], zyx[2]);
    }

    /** Values of the three axes of space in nanometres; empty if one is missing or has no unit of length. */
    private static double[] zyx(List<Axis> axes, double[] values, double[] units) {
        double[] zyx = new double[3];
        int found = 0;
        for (int i = 0; i < axes.size() && units.length > 0; i++) {
            int place = axes.get(i).ordinal() - Axis.Z.ordinal();
            if (place >= 0 && units[i] > 0) {
                zyx[place] = values[i] * units[i];
                found++;
            }
        }
        return found == 3 ? zyx : new double[0];
    }

    private static StoredVolume plate(Documents documents, JsonNode plate, int zarr) {
        List<String> fields = new ArrayList<>();
        for (String well : paths(plate.path("wells"))) {
            String key = zarr == 3 ? well + "/zarr.json" : well + "/.zattrs";
            JsonNode attributes = documents
                    .read(key)
                    .map(document -> zarr == 3 ? document.path("attributes").path("ome") : document)
                    .orElse(JsonNodeFactory.instance.objectNode());
            for (String image : paths(attributes.path("well").path("images"))) {
                fields.add(well + "/" + image);
            }
        }
        return new StoredVolume.Many("OME-Zarr plate", fields);
    }

    private static List<String> paths(JsonNode entries) {
        List<String> paths = new ArrayList<>();
        entries.forEach(entry -> paths.add(entry.path("path").asText()));
        return paths;
    }

    /** The images of a converted file: those that its OME group lists, else all that are there, counted from 0. */
    private static List<String> series(Documents documents, int zarr) {
        List<String> series = new ArrayList<>();
        JsonNode listed = documents
                .read(zarr == 3 ? "OME/zarr.json" : "OME/.zattrs")
                .map(document ->
                        zarr == 3 ? document.path("attributes").path("ome").path("series") : document.path("series"))
                .orElse(JsonNodeFactory.instance.nullNode());
        listed.forEach(path -> series.add(path.asText()));
        while (listed.isEmpty()
                && documents
                        .read(series.size() + (zarr == 3 ? "/zarr.json" : "/.zattrs"))
                        .isPresent()) {
            series.add(String.valueOf(series.size()));
        }
        return series;
    }
}
