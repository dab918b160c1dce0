package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads Zarr v3 array metadata ({@code zarr.json}). Whatever it does not know it refuses by name, because a codec or
 * extension that is passed over means wrong voxels.
 *
 * @see <a href="https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html">Zarr v3 core</a>
 */
public final class ZarrV3 {
    private static final Set<String> KNOWN_FIELDS = Set.of(
            "zarr_format",
            "node_type",
            "shape",
            "data_type",
            "chunk_grid",
            "chunk_key_encoding",
            "fill_value",
            "codecs",
            "attributes",
            "storage_transformers",
            "dimension_names",
            "consolidated_metadata");

    private ZarrV3() {}

    /**
     * Resolves an array's metadata.
     *
     * @param axes the array's axes where a multiscale group names them; null: its dimension_names, else by rank
     * @param place for messages
     */
    public static ArrayMetadata array(JsonNode json, @Nullable List<Axis> axes, String place) {
        if (json.path("zarr_format").asInt() != 3
                || !json.path("node_type").asText().equals("array")) {
            throw Metadata.corrupt(place, "is not the metadata of a Zarr v3 array");
        }
        json.fieldNames().forEachRemaining(field -> {
            if (!KNOWN_FIELDS.contains(field)
                    && json.get(field).path("must_understand").asBoolean(true)) {
                throw Metadata.unsupported(place, "has the extension '" + field + "', which is not supported");
            }
        });
        if (!json.path("storage_transformers").isEmpty()) {
            throw Metadata.unsupported(place, "has storage transformers, which are not supported");
        }
        long[] shape = Axes.lengths(json.path("shape"), place, "shape", 0);
        List<Axis> own = axes != null
                ? axes
                : Axes.named(json.path("dimension_names"), shape.length)
                        .orElseGet(() -> Axes.byRank(shape.length, place));
        Axes.requireFit(own, shape.length, place);
        if (!json.path("data_type").isTextual()) {
            throw Metadata.unsupported(
                    place, "has the data type " + json.path("data_type") + ", which is not supported");
        }
        ElementType type = type(json.path("data_type").asText(), place);
        JsonNode grid = json.path("chunk_grid");
        if (!grid.path("name").asText().equals("regular")) {
            throw Metadata.unsupported(
                    place, "has the chunk grid '" + grid.path("name").asText() + "', only 'regular' is supported");
        }
        long[] object = Axes.lengths(grid.path("configuration").path("chunk_shape"), place, "chunk_shape", 1);
        if (object.length != shape.length) {
            throw Metadata.corrupt(place, "has " + shape.length + " dimensions and chunks of " + object.length);
        }
        Extent objectExtent = Axes.spread(object, own, place);
        List<CodecSpec> codecs = codecs(json.path("codecs"), type, own, objectExtent, place, true);
        return new ArrayMetadata(
                own,
                Axes.spread(shape, own, place),
                type,
                objectExtent,
                ArrayMetadata.Edge.WHOLE,
                keys(json.path("chunk_key_encoding"), own, place),
                codecs,
                FillValues.parse(json.path("fill_value"), type, place));
    }

    private static ElementType type(String name, String place) {
        try {
            return ElementType.parse(name);
        } catch (ServiceException e) {
            throw new ServiceException(e.code(), place + ": " + e.line(), e);
        }
    }

    private static KeyEncoding keys(JsonNode json, List<Axis> axes, String place) {
        boolean prefixed =
                switch (json.path("name").asText()) {
                    case "default" -> true;
                    case "v2" -> false;
                    default ->
                        throw Metadata.unsupported(
                                place, "has the chunk key encoding " + json.path("name") + ", which is not supported");
                };
        String separator = json.path("configuration").path("separator").asText(prefixed ? "/" : ".");
        if (!separator.equals("/") && !separator.equals(".")) {
            throw Metadata.corrupt(place, "has the chunk key separator '" + separator + "', '/' or '.' is allowed");
        }
        return new KeyEncoding.Indices(prefixed ? "c" : "", separator.charAt(0), axes);
    }

    /** @param encoded what the chain encodes: an object, an inner chunk; null for a shard index, which has no axes */
    private static List<CodecSpec> codecs(
            JsonNode json, ElementType type, List<Axis> axes, @Nullable Extent encoded, String place, boolean shards) {
        List<CodecSpec> before = new ArrayList<>();
        List<JsonNode> deltas = new ArrayList<>();
        List<CodecSpec> after = new ArrayList<>();
        CodecSpec.ArrayToBytes serializer = null;
        boolean bigEndian = false;
        for (JsonNode codec : json) {
            String name =
                    codec.isTextual() ? codec.asText() : codec.path("name").asText();
            JsonNode settings = codec.path("configuration");
            switch (name) {
                case "transpose" -> {
                    requireBefore(serializer, name, place);
                    if (!deltas.isEmpty()) {
                        throw Metadata.unsupported(place, "has a 'transpose' behind a 'numcodecs.delta'");
                    }
                    before.add(transpose(settings.path("order"), axes.size(), place));
                }
                case "numcodecs.delta" -> {
                    requireBefore(serializer, name, place);
                    // before or behind 'bytes' is the same, as long as it adds in the stored order of bytes
                    deltas.add(settings);
                }
                case "bytes", "endian", "sharding_indexed" -> {
                    if (serializer != null) {
                        throw Metadata.corrupt(place, "has two codecs that make bytes of an array: " + json);
                    }
                    if (name.equals("sharding_indexed")) {
                        serializer = sharding(settings, type, axes, encoded, place, shards);
                    } else {
                        CodecSpec.Bytes bytes = bytes(settings, type, place);
                        bigEndian = bytes.bigEndian();
                        serializer = bytes;
                    }
                }
                default -> {
                    if (serializer == null) {
                        known(name, settings, type, false, place);
                        throw Metadata.corrupt(
                                place,
                                "has a codec chain that does not begin with 'bytes' or 'sharding_indexed', but with '"
                                        + name + "'");
                    }
                    after.add(known(name, settings, type, bigEndian, place));
                }
            }
        }
        if (serializer == null) {
            throw Metadata.corrupt(place, "has a codec chain without 'bytes' or 'sharding_indexed'");
        }
        if (serializer instanceof CodecSpec.Sharding && !(before.isEmpty() && deltas.isEmpty() && after.isEmpty())) {
            throw Metadata.unsupported(place, "has codecs around its shards, which is not supported: " + json);
        }
        List<CodecSpec> chain = new ArrayList<>(before);
        chain.add(serializer);
        for (JsonNode delta : deltas) {
            chain.add(NumcodecsCodecs.parse("delta", delta, type, bigEndian, place));
        }
        chain.addAll(after);
        return List.copyOf(chain);
    }

    private static void requireBefore(CodecSpec.@Nullable ArrayToBytes serializer, String name, String place) {
        if (serializer != null) {
            throw Metadata.corrupt(place, "has the codec '" + name + "' behind the one that makes bytes of the array");
        }
    }

    private static CodecSpec.Bytes bytes(JsonNode settings, ElementType type, String place) {
        String endian = settings.path("endian").asText(type.bytes() == 1 ? "little" : "");
        if (!endian.equals("little") && !endian.equals("big")) {
            throw Metadata.corrupt(place, "has the codec 'bytes' with endian '" + endian + "'");
        }
        return new CodecSpec.Bytes(endian.equals("big"));
    }

    private static CodecSpec.Transpose transpose(JsonNode order, int rank, String place) {
        List<Integer> dimensions = new ArrayList<>();
        if (order.isArray()) {
            order.forEach(dimension -> dimensions.add(dimension.isInt() ? dimension.asInt() : -1));
        } else if (order.asText().equals("C") || order.asText().equals("F")) { // as the first writers had it
            for (int i = 0; i < rank; i++) {
                dimensions.add(order.asText().equals("C") ? i : rank - 1 - i);
            }
        }
        if (!dimensions.stream()
                .sorted()
                .toList()
                .equals(IntStream.range(0, rank).boxed().toList())) {
            throw Metadata.corrupt(
                    place, "has a 'transpose' with order " + order + ", which is no order of " + rank + " dimensions");
        }
        return new CodecSpec.Transpose(dimensions);
    }

    private static CodecSpec.Sharding sharding(
            JsonNode settings,
            ElementType type,
            List<Axis> axes,
            @Nullable Extent shard,
            String place,
            boolean shardsAllowed) {
        if (!shardsAllowed || shard == null) {
            throw Metadata.corrupt(place, "has a shard index that is sharded itself");
        }
        long[] lengths = Axes.lengths(settings.path("chunk_shape"), place, "chunk_shape of its shards", 1);
        if (lengths.length != axes.size()) {
            throw Metadata.corrupt(place, "has " + axes.size() + " dimensions and inner chunks of " + lengths.length);
        }
        Extent inner = Axes.spread(lengths, axes, place);
        requireWhole(shard, inner, place);
        String location = settings.path("index_location").asText("end");
        if (!location.equals("end") && !location.equals("start")) {
            throw Metadata.corrupt(place, "has the shard index location '" + location + "'");
        }
        List<CodecSpec> index = codecs(settings.path("index_codecs"), ElementType.UINT64, axes, null, place, false);
        for (CodecSpec step : index) {
            if (!(step instanceof CodecSpec.Bytes || step instanceof CodecSpec.Checksum)) {
                throw Metadata.unsupported(
                        place,
                        "has a shard index with codecs " + settings.path("index_codecs")
                                + ": 'bytes' and checksums are supported, which give it a fixed size");
            }
        }
        return new CodecSpec.Sharding(
                inner, codecs(settings.path("codecs"), type, axes, inner, place, true), index, location.equals("end"));
    }

    private static CodecSpec.BytesToBytes known(
            String name, JsonNode settings, ElementType type, boolean bigEndian, String place) {
        if (name.startsWith("numcodecs.")) {
            return NumcodecsCodecs.parse(name.substring("numcodecs.".length()), settings, type, bigEndian, place);
        }
        return switch (name) {
            case "zstd" ->
                new CodecSpec.Zstd(
                        settings.path("level").asInt(0),
                        settings.path("checksum").asBoolean(false));
            case "gzip" -> new CodecSpec.Gzip(settings.path("level").asInt(5));
            case "blosc" -> NumcodecsCodecs.blosc(settings, type, place);
            case "crc32c" -> new CodecSpec.Crc32c();
            default ->
                throw Metadata.unsupported(
                        place,
                        "has the codec '" + name + "', which is not supported (supported: bytes, transpose, zstd, gzip,"
                                + " blosc, crc32c, sharding_indexed and numcodecs.*)");
        };
    }

    private static void requireWhole(Extent shard, Extent chunk, String place) {
        for (Axis axis : Axis.values()) {
            if (shard.along(axis) % chunk.along(axis) != 0) {
                throw Metadata.corrupt(
                        place, "has shards of " + shard + " that inner chunks of " + chunk + " do not fill");
            }
        }
    }
}
