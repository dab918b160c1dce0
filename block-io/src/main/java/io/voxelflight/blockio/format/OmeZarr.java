package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the multiscale metadata of an OME-Zarr 0.5 group.
 *
 * @see <a href="https://ngff.openmicroscopy.org/0.5/">OME-NGFF 0.5</a>
 */
public final class OmeZarr {
    private OmeZarr() {}

    /**
     * A multiscale image: the axes of its arrays and where they lie in the group, the finest first.
     *
     * @param axes in stored order, a subset of (t, c, z, y, x) in that order
     */
    public record Multiscale(List<Axis> axes, List<String> paths) {}

    /** The group's first multiscale. */
    public static Multiscale multiscale(JsonNode group, String place) {
        JsonNode ome = group.path("attributes").path("ome");
        JsonNode multiscale = ome.path("multiscales").path(0);
        if (multiscale.isMissingNode()) {
            throw Metadata.unsupported(
                    place, "is a Zarr group without OME-Zarr 0.5 multiscales: name one of its arrays");
        }
        String version = ome.path("version").asText();
        if (!version.equals("0.5")) {
            throw Metadata.unsupported(place, "is OME-Zarr version '" + version + "', 0.5 is supported");
        }
        List<Axis> axes = new ArrayList<>();
        for (JsonNode axis : multiscale.path("axes")) {
            axes.add(axis(axis.path("name").asText(), place));
        }
        if (axes.isEmpty() || !ZarrV3.isOrdered(axes)) {
            throw Metadata.unsupported(
                    place, "has axes " + multiscale.path("axes") + ", the order t, c, z, y, x is supported");
        }
        List<String> paths = new ArrayList<>();
        for (JsonNode dataset : multiscale.path("datasets")) {
            paths.add(dataset.path("path").asText());
        }
        if (paths.isEmpty()) {
            throw Metadata.corrupt(place, "has a multiscale without datasets");
        }
        return new Multiscale(List.copyOf(axes), List.copyOf(paths));
    }

    private static Axis axis(String name, String place) {
        for (Axis axis : Axis.values()) {
            if (axis.letter().equals(name)) {
                return axis;
            }
        }
        throw Metadata.unsupported(place, "has an axis '" + name + "', t, c, z, y and x are supported");
    }
}
