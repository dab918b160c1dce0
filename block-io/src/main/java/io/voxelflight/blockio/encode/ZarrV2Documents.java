package io.voxelflight.blockio.encode;

import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.VolumeKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metadata documents of a volume in Zarr v2: OME-NGFF 0.4 for the group, an object for each chunk. */
final class ZarrV2Documents {
    private ZarrV2Documents() {}

    /** All documents, by their keys; the last one holds the others once more, for readers that ask once. */
    static Map<String, Object> of(VolumeSpec spec) {
        Map<String, Object> documents = new LinkedHashMap<>();
        documents.put(".zgroup", Map.of("zarr_format", 2));
        documents.put(".zattrs", attributes(spec));
        for (int level = 0; level < spec.levels().size(); level++) {
            documents.put(level + "/.zarray", array(spec, level));
            // the names of the axes, as xarray wants them
            documents.put(level + "/.zattrs", Map.of("_ARRAY_DIMENSIONS", OmeMetadata.axisNames(spec)));
        }
        documents.put(
                ".zmetadata",
                OmeMetadata.object("zarr_consolidated_format", 1, "metadata", new LinkedHashMap<>(documents)));
        return documents;
    }

    private static Map<String, Object> attributes(VolumeSpec spec) {
        String version = spec.layout().zarr().omeVersion();
        Map<String, Object> multiscale = new LinkedHashMap<>();
        multiscale.put("version", version);
        multiscale.putAll(OmeMetadata.multiscale(spec));
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("multiscales", List.of(multiscale));
        if (spec.kind() == VolumeKind.LABELS) {
            attributes.put("image-label", Map.of("version", version));
        }
        attributes.putAll(spec.attributes());
        return attributes;
    }

    private static Map<String, Object> array(VolumeSpec spec, int level) {
        Map<String, Object> array = new LinkedHashMap<>();
        array.put("zarr_format", 2);
        array.put(
                "shape", OmeMetadata.along(spec.axes(), spec.levels().get(level).extent()));
        array.put("chunks", OmeMetadata.along(spec.axes(), spec.chunk().extent()));
        array.put("dtype", dataType(spec.elementType()));
        array.put(
                "compressor",
                OmeMetadata.object("id", "zstd", "level", spec.layout().zstdLevel()));
        array.put("fill_value", spec.elementType().isFloat() ? (Object) 0.0 : (Object) 0);
        array.put("order", "C");
        array.put("filters", null);
        array.put("dimension_separator", "/");
        return array;
    }

    /** As NumPy's array protocol writes it: {@code <u2}; a byte has no order. */
    private static String dataType(ElementType type) {
        char kind = type.isFloat() ? 'f' : type.isUnsigned() ? 'u' : 'i';
        return (type.bytes() == 1 ? "|" : "<") + kind + type.bytes();
    }
}
