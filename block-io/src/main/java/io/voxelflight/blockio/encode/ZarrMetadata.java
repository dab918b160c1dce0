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

/** The metadata documents of a volume: OME-NGFF 0.5 for the group, Zarr v3 for each array. */
final class ZarrMetadata {
    private ZarrMetadata() {}

    static Map<String, Object> group(VolumeSpec spec) {
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
        Map<String, Object> ome = new LinkedHashMap<>();
        ome.put("version", "0.5");
        ome.put("multiscales", List.of(multiscale));
        if (spec.kind() == VolumeKind.LABELS) {
            ome.put("image-label", Map.of());
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("ome", ome);
        attributes.putAll(spec.attributes());
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("zarr_format", 3);
        group.put("node_type", "group");
        group.put("attributes", attributes);
        return group;
    }

    static Map<String, Object> array(VolumeSpec spec, int level) {
        List<Axis> axes = spec.axes();
        LevelSpec own = spec.levels().get(level);
        boolean integer = !spec.elementType().isFloat();
        Extent shard = ZarrVolumeWriter.shard(spec, own).extent();
        Map<String, Object> bytes =
                spec.elementType().bytes() == 1 ? Map.of("name", "bytes") : codec("bytes", Map.of("endian", "little"));
        Map<String, Object> sharding = new LinkedHashMap<>();
        sharding.put("chunk_shape", ZarrVolumeWriter.select(axes, spec.chunk().extent()));
        sharding.put(
                "codecs",
                List.of(
                        bytes,
                        codec("zstd", Map.of("level", spec.zstdLevel(), "checksum", false)),
                        Map.of("name", "crc32c")));
        sharding.put("index_codecs", List.of(codec("bytes", Map.of("endian", "little")), Map.of("name", "crc32c")));
        sharding.put("index_location", "end");
        Map<String, Object> array = new LinkedHashMap<>();
        array.put("zarr_format", 3);
        array.put("node_type", "array");
        array.put("shape", ZarrVolumeWriter.select(axes, own.extent()));
        array.put("data_type", spec.elementType().numpyName());
        array.put("chunk_grid", codec("regular", Map.of("chunk_shape", ZarrVolumeWriter.select(axes, shard))));
        array.put("chunk_key_encoding", codec("default", Map.of("separator", "/")));
        array.put("fill_value", integer ? (Object) 0 : (Object) 0.0);
        array.put("codecs", List.of(codec("sharding_indexed", sharding)));
        array.put("attributes", Map.of());
        array.put("dimension_names", axes.stream().map(Axis::letter).toList());
        return array;
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
            transforms.add(orderedMap("type", "scale", "scale", scale));
            if (moved) {
                transforms.add(orderedMap("type", "translation", "translation", translation));
            }
            datasets.add(orderedMap("path", String.valueOf(i), "coordinateTransformations", transforms));
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

    private static Map<String, Object> codec(String name, Map<String, Object> configuration) {
        return orderedMap("name", name, "configuration", configuration);
    }

    private static Map<String, Object> orderedMap(String key1, Object value1, String key2, Object value2) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key1, value1);
        map.put(key2, value2);
        return map;
    }
}
