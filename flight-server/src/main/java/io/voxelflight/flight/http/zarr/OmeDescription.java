package io.voxelflight.flight.http.zarr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.blockio.format.VolumeMetadata.Translation;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.List;

/**
 * What OME-NGFF 0.4 and 0.5 say alike of a dataset: its multiscale, display settings and labels.
 *
 * @param kept what the volume's own metadata says beside
 * @see <a href="https://ngff.openmicroscopy.org/">OME-NGFF</a>
 */
record OmeDescription(Dataset dataset, List<Axis> axes, List<ViewedLevel> levels, ObjectNode kept) {
    private static final String OMERO = "omero";
    private static final String LABEL = "image-label";

    /** The members of the attributes that are named alike in both versions. */
    ObjectNode attributes() {
        ObjectNode attributes = object();
        attributes.putArray("multiscales").add(multiscale());
        JsonNode omero = kept.has(OMERO)
                ? kept.get(OMERO)
                : dataset.attrs().path("source").path("metadata").path(OMERO);
        if (omero.isObject()) {
            attributes.set(OMERO, withoutVersion(omero));
        }
        if (dataset.kind() == VolumeKind.LABELS) {
            JsonNode label = kept.path(LABEL);
            attributes.set(LABEL, label.isObject() ? withoutVersion(label) : object());
        }
        return attributes;
    }

    /** Each version of the specification has its own way of saying which it is. */
    private static ObjectNode withoutVersion(JsonNode described) {
        ObjectNode copy = described.deepCopy();
        copy.remove("version");
        return copy;
    }

    private ObjectNode multiscale() {
        ObjectNode multiscale = object();
        multiscale.put("name", dataset.name().value());
        ArrayNode described = multiscale.putArray("axes");
        boolean physical = levels.get(0).level().voxelSize() != null;
        for (Axis axis : axes) {
            ObjectNode one = described.addObject().put("name", axis.letter());
            switch (axis) {
                case T -> one.put("type", "time");
                case C -> one.put("type", "channel");
                case Z, Y, X -> {
                    one.put("type", "space");
                    if (physical) {
                        one.put("unit", "nanometer");
                    }
                }
            }
        }
        ArrayNode datasets = multiscale.putArray("datasets");
        for (ViewedLevel level : levels) {
            ObjectNode one = datasets.addObject().put("path", path(level));
            transformations(one.putArray("coordinateTransformations"), level);
        }
        if (isOurs()) {
            boolean labels = dataset.kind() == VolumeKind.LABELS;
            multiscale.put("type", labels ? "mode" : "mean");
            multiscale
                    .putObject("metadata")
                    .put(
                            "description",
                            labels
                                    ? "each voxel of a level is the most frequent of the voxels it covers, the smallest of equals"
                                    : "each voxel of a level is the mean of the voxels it covers, integers rounded half to even");
        }
        return multiscale;
    }

    private void transformations(ArrayNode transformations, ViewedLevel level) {
        ArrayNode scale = transformations.addObject().put("type", "scale").putArray("scale");
        double[] shift = new double[axes.size()];
        boolean moved = false;
        for (int i = 0; i < shift.length; i++) {
            double factor = factor(level, axes.get(i));
            scale.add(scale(level, axes.get(i), factor));
            shift[i] = shift(level, axes.get(i), factor);
            moved |= shift[i] != 0;
        }
        if (moved) { // a scale alone says that the first voxel's centre is at 0
            ArrayNode translation =
                    transformations.addObject().put("type", "translation").putArray("translation");
            for (double along : shift) {
                translation.add(along);
            }
        }
    }

    /** How many voxels of the finest level one of this level spans. */
    private double factor(ViewedLevel level, Axis axis) {
        Extent finest = levels.get(0).level().extent();
        long fine = finest.along(axis);
        long own = level.level().extent().along(axis);
        long whole = Math.max(1, Math.round((double) fine / own));
        // pyramids round the last voxel up or down
        boolean halved = own == fine / whole || own == (fine + whole - 1) / whole;
        return halved ? whole : (double) fine / own;
    }

    private double scale(ViewedLevel level, Axis axis, double factor) {
        VoxelSize finest = levels.get(0).level().voxelSize();
        if (finest == null || !isSpace(axis)) {
            return factor;
        }
        VoxelSize own = level.level().voxelSize();
        return own == null ? finest.along(axis) * factor : own.along(axis);
    }

    private double shift(ViewedLevel level, Axis axis, double factor) {
        if (!isSpace(axis)) {
            return 0;
        }
        Translation known = level.translation();
        if (levels.get(0).level().voxelSize() != null && known != null) {
            return along(known, axis);
        }
        // our own pyramids: a coarse voxel's centre is the centre of the fine voxels it covers
        VoxelSize finest = levels.get(0).level().voxelSize();
        return isOurs() ? (factor - 1) / 2 * (finest == null ? 1 : finest.along(axis)) : 0;
    }

    private static double along(Translation translation, Axis axis) {
        return switch (axis) {
            case Z -> translation.z();
            case Y -> translation.y();
            case X -> translation.x();
            case T, C -> 0;
        };
    }

    private static boolean isSpace(Axis axis) {
        return axis.ordinal() >= Axis.Z.ordinal();
    }

    /** Whether the pyramid was made by our ingestion, whose rule we know. */
    private boolean isOurs() {
        return InPlace.of(dataset).isEmpty();
    }

    static String path(ViewedLevel level) {
        return String.valueOf(level.level().level());
    }

    /** The names of the axes, in order. */
    ArrayNode axisNames() {
        ArrayNode names = JsonNodeFactory.instance.arrayNode();
        axes.forEach(axis -> names.add(axis.letter()));
        return names;
    }

    /** What an extent is along the axes that are there. */
    ArrayNode along(Extent extent) {
        ArrayNode lengths = JsonNodeFactory.instance.arrayNode();
        axes.forEach(axis -> lengths.add(extent.along(axis)));
        return lengths;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
