package io.voxelflight.flight.http.zarr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.blockio.format.ZarrFormat;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metadata documents of a dataset in Zarr v3, that of the group with those of all arrays in it. */
final class ZarrV3Documents {
    private static final List<String> BLOSC_SHUFFLES = List.of("noshuffle", "shuffle", "bitshuffle");

    private ZarrV3Documents() {}

    /** All documents, by their keys. */
    static Map<String, JsonNode> of(OmeDescription ome) {
        Map<String, JsonNode> documents = new LinkedHashMap<>();
        ObjectNode consolidated = OmeDescription.object();
        for (ViewedLevel level : ome.levels()) {
            ObjectNode array = array(ome, level);
            consolidated.set(OmeDescription.path(level), array);
            documents.put(OmeDescription.path(level) + "/zarr.json", array);
        }
        ObjectNode group = OmeDescription.object();
        group.put("zarr_format", 3).put("node_type", "group");
        ObjectNode described = group.putObject("attributes").putObject("ome");
        described.put("version", ZarrFormat.V3.omeVersion());
        described.setAll(ome.attributes());
        ObjectNode inline = group.putObject("consolidated_metadata");
        inline.put("kind", "inline").put("must_understand", false).set("metadata", consolidated);
        documents.put("zarr.json", group);
        return documents;
    }

    private static ObjectNode array(OmeDescription ome, ViewedLevel level) {
        ElementType type = ome.dataset().elementType();
        ObjectNode array = OmeDescription.object();
        array.put("zarr_format", 3).put("node_type", "array");
        array.set("shape", ome.along(level.level().extent()));
        array.put("data_type", type.numpyName());
        ObjectNode grid = array.putObject("chunk_grid").put("name", "regular");
        grid.putObject("configuration")
                .set("chunk_shape", ome.along(level.grid().block().extent()));
        ObjectNode keys = array.putObject("chunk_key_encoding").put("name", "default");
        keys.putObject("configuration").put("separator", "/");
        array.set("fill_value", FillValue.json(level.fillValue(), type));
        codecs(array.putArray("codecs"), level.form(ZarrFormat.V3), type);
        array.putObject("attributes");
        array.set("dimension_names", ome.axisNames());
        return array;
    }

    private static void codecs(ArrayNode codecs, ChunkForm form, ElementType type) {
        ObjectNode bytes = codecs.addObject().put("name", "bytes");
        if (type.bytes() > 1) {
            bytes.putObject("configuration").put("endian", "little");
        }
        if (form.compressor() != null) {
            compressor(codecs.addObject(), form.compressor(), type);
        }
        if (form.checksum()) {
            codecs.addObject().put("name", "crc32c");
        }
    }

    private static void compressor(ObjectNode codec, CodecSpec.Compressor compressor, ElementType type) {
        if (compressor instanceof CodecSpec.Zstd zstd) {
            codec.put("name", "zstd");
            codec.putObject("configuration").put("level", zstd.level()).put("checksum", zstd.checksum());
        } else if (compressor instanceof CodecSpec.Gzip gzip) {
            codec.put("name", "gzip").putObject("configuration").put("level", gzip.level());
        } else if (compressor instanceof CodecSpec.Blosc blosc) {
            ObjectNode settings = codec.put("name", "blosc").putObject("configuration");
            settings.put("cname", blosc.compressor()).put("clevel", blosc.level());
            settings.put("shuffle", BLOSC_SHUFFLES.get(blosc.shuffle()));
            settings.put("typesize", blosc.elementBytes() > 0 ? blosc.elementBytes() : type.bytes());
            settings.put("blocksize", 0);
        } else {
            throw new ServiceException(ErrorCode.INTERNAL, "Zarr v3 has no name for " + compressor);
        }
    }
}
