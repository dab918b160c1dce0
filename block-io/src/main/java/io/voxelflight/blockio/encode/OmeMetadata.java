package io.voxelflight.blockio.encode;

import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.blockio.format.VolumeSpec.LevelSpec;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The OME-NGFF multiscale of a volume: what versions 0.4 and 0.5 have in common. */
final class OmeMetadata {
    private OmeMetadata() {}

    static Map<String, Object> multiscale(VolumeSpec spec) {
        Map<String, Object> multiscale = new LinkedHashMap<>();
        multiscale.put("name", spec.name());
        multiscale.put("axes", axes(spec));
        multiscale.put("datasets", datasets(spec));
        multiscale.put("type", spec.kind() == VolumeKind.LABELS ? "mode" : "mean");
        multiscale.put(
                "metadata",
                Map.of(
                        "description",
                        spec.kind() == VolumeKind.LABELS
                                ? "each voxel of a level is the most frequent of the voxels it covers, the smallest of equals"
                                : "each voxel of a level is the mean of the voxels it covers, integers rounded half to even"));
        return multiscale;
    }

    /** What coordinates along the axes of a volume are named: one letter each. */
    static List<String> axisNames(VolumeSpec spec) {
        return spec.axes().stream().map(Axis::letter).toList();
    }

    /** What an extent is along the axes that are stored. */
    static List<Long> along(List<Axis> axes, Extent extent) {
        return axes.stream().map(extent::along).toList();
    }

    private static List<Map<String, Object>> axes(VolumeSpec spec) {
        boolean physical = spec.levels().get(0).voxelSize() != null;
        List<Map<String, Object>> axes = new ArrayList<>();
        for (Axis axis : spec.axes()) {
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("name", axis.letter());
            switch (axis) {
                case T -> described.put("type", "time");
                case C -> described.put("type", "channel");
                case Z, Y, X -> {
                    described.put("type", "space");
                    if (physical) {
                        described.put("unit", "nanometer");
                    }
                }
            }
            axes.add(described);
        }
        return axes;
    }

    private static List<Map<String, Object>> datasets(VolumeSpec spec) {
        List<Map<String, Object>> datasets = new ArrayList<>();
        for (int i = 0; i < spec.levels().size(); i++) {
            LevelSpec level = spec.levels().get(i);
            List<Double> scale = new ArrayList<>();
            List<Double> translation = new ArrayList<>();
            boolean moved = false;
            for (Axis axis : spec.axes()) {
                double factor = factor(level, axis);
                double unit = unit(spec.levels().get(0).voxelSize(), axis);
                // the centre of a coarse voxel is the centre of the fine voxels it covers
                double shift = (factor - 1) / 2 * unit;
                scale.add(factor * unit);
                translation.add(shift);
                moved |= shift != 0;
            }
            List<Map<String, Object>> transforms = new ArrayList<>();
            transforms.add(object("type", "scale", "scale", scale));
            if (moved) {
                transforms.add(object("type", "translation", "translation", translation));
            }
            datasets.add(object("path", String.valueOf(i), "coordinateTransformations", transforms));
        }
        return datasets;
    }

    private static double factor(LevelSpec level, Axis axis) {
        return switch (axis) {
            case Z -> level.factorZ();
            case Y -> level.factorY();
            case X -> level.factorX();
            case T, C -> 1;
        };
    }

    private static double unit(@Nullable VoxelSize voxel, Axis axis) {
        return voxel == null || axis == Axis.T || axis == Axis.C ? 1 : voxel.along(axis);
    }

    /** A JSON object of two members, in this order. */
    static Map<String, Object> object(String key1, Object value1, String key2, Object value2) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key1, value1);
        map.put(key2, value2);
        return map;
    }
}
