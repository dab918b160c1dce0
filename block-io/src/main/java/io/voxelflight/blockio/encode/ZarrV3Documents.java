package io.voxelflight.blockio.encode;

import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.blockio.format.VolumeSpec.LevelSpec;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VolumeKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metadata documents of a volume in Zarr v3: OME-NGFF 0.5 for the group, sharded arrays. */
final class ZarrV3Documents {
    private ZarrV3Documents() {}

    /** All documents, by their keys. */
    static Map<String, Object> of(VolumeSpec spec) {
        Map<String, Object> documents = new LinkedHashMap<>();
        documents.put("zarr.json", group(spec));
        for (int level = 0; level < spec.levels().size(); level++) {
            documents.put(level + "/zarr.json", array(spec, level));
        }
        return documents;
    }

    private static Map<String, Object> group(VolumeSpec spec) {
        Map<String, Object> ome = new LinkedHashMap<>();
        ome.put("version", spec.layout().zarr().omeVersion());
        ome.put("multiscales", List.of(OmeMetadata.multiscale(spec)));
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

    private static Map<String, Object> array(VolumeSpec spec, int level) {
        List<Axis> axes = spec.axes();
        LevelSpec own = spec.levels().get(level);
        boolean integer = !spec.elementType().isFloat();
        Extent shard = ZarrVolumeWriter.shard(spec, own).extent();
        Map<String, Object> bytes =
                spec.elementType().bytes() == 1 ? Map.of("name", "bytes") : codec("bytes", Map.of("endian", "little"));
        Map<String, Object> sharding = new LinkedHashMap<>();
        sharding.put("chunk_shape", OmeMetadata.along(axes, spec.chunk().extent()));
        sharding.put(
                "codecs",
                List.of(
                        bytes,
                        codec("zstd", Map.of("level", spec.layout().zstdLevel(), "checksum", false)),
                        Map.of("name", "crc32c")));
        sharding.put("index_codecs", List.of(codec("bytes", Map.of("endian", "little")), Map.of("name", "crc32c")));
        sharding.put("index_location", "end");
        Map<String, Object> array = new LinkedHashMap<>();
        array.put("zarr_format", 3);
        array.put("node_type", "array");
        array.put("shape", OmeMetadata.along(axes, own.extent()));
        array.put("data_type", spec.elementType().numpyName());
        array.put("chunk_grid", codec("regular", Map.of("chunk_shape", OmeMetadata.along(axes, shard))));
        array.put("chunk_key_encoding", codec("default", Map.of("separator", "/")));
        array.put("fill_value", integer ? (Object) 0 : (Object) 0.0);
        array.put("codecs", List.of(codec("sharding_indexed", sharding)));
        array.put("attributes", Map.of());
        array.put("dimension_names", OmeMetadata.axisNames(spec));
        return array;
    }

    private static Map<String, Object> codec(String name, Map<String, Object> configuration) {
        return OmeMetadata.object("name", name, "configuration", configuration);
    }
}
