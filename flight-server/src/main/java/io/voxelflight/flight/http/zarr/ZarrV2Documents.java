package io.voxelflight.flight.http.zarr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.blockio.format.ZarrFormat;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metadata documents of a dataset in Zarr v2, and the one that holds all of them for readers that ask once. */
final class ZarrV2Documents {
    private ZarrV2Documents() {}

    /** All documents, by their keys. */
    static Map<String, JsonNode> of(OmeDescription ome) {
        String version = ZarrFormat.V2.omeVersion();
        Map<String, JsonNode> documents = new LinkedHashMap<>();
        documents.put(".zgroup", OmeDescription.object().put("zarr_format", 2));
        ObjectNode attributes = ome.attributes();
        for (JsonNode named : new JsonNode[] {
            attributes.path("multiscales").path(0), attributes.path("omero"), attributes.path("image-label")
        }) {
            if (named instanceof ObjectNode described) {
                described.put("version", version);
            }
        }
        documents.put(".zattrs", attributes);
        for (ViewedLevel level : ome.levels()) {
            documents.put(OmeDescription.path(level) + "/.zarray", array(ome, level));
            ObjectNode names = OmeDescription.object(); // as xarray wants them
            names.set("_ARRAY_DIMENSIONS", ome.axisNames());
            documents.put(OmeDescription.path(level) + "/.zattrs", names);
        }
        ObjectNode consolidated = OmeDescription.object().put("zarr_consolidated_format", 1);
        ObjectNode all = consolidated.putObject("metadata");
        documents.forEach(all::set);
        documents.put(".zmetadata", consolidated);
        return documents;
    }

    private static ObjectNode array(OmeDescription ome, ViewedLevel level) {
        ElementType type = ome.dataset().elementType();
        ObjectNode array = OmeDescription.object().put("zarr_format", 2);
        array.set("shape", ome.along(level.level().extent()));
        array.set("chunks", ome.along(level.grid().block().extent()));
        array.put("dtype", dataType(type));
        array.set("compressor", compressor(level.form(ZarrFormat.V2).compressor()));
        array.set("fill_value", FillValue.json(level.fillValue(), type));
        array.put("order", "C");
        array.putNull("filters");
        array.put("dimension_separator", "/");
        return array;
    }

    private static JsonNode compressor(CodecSpec.@Nullable Compressor compressor) {
        if (compressor == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        ObjectNode json = OmeDescription.object();
        if (compressor instanceof CodecSpec.Zstd zstd) {
            return json.put("id", "zstd").put("level", zstd.level());
        }
        if (compressor instanceof CodecSpec.Gzip gzip) {
            return json.put("id", "gzip").put("level", gzip.level());
        }
        if (compressor instanceof CodecSpec.Zlib zlib) {
            return json.put("id", "zlib").put("level", zlib.level());
        }
        if (compressor instanceof CodecSpec.Blosc blosc) {
            json.put("id", "blosc").put("cname", blosc.compressor()).put("clevel", blosc.level());
            return json.put("shuffle", blosc.shuffle()).put("blocksize", 0);
        }
        throw new ServiceException(ErrorCode.INTERNAL, "Zarr v2 has no name for " + compressor);
    }

    /** As NumPy's array protocol writes it: {@code <u2}; a byte has no order. */
    private static String dataType(ElementType type) {
        char kind = type.isFloat() ? 'f' : type.isUnsigned() ? 'u' : 'i';
        return (type.bytes() == 1 ? "|" : "<") + kind + type.bytes();
    }
}
