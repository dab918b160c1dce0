package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private static final Map<Integer, List<Axis>> AXES_BY_RANK = Map.of(
            1, List.of(Axis.X),
            2, List.of(Axis.Y, Axis.X),
            3, List.of(Axis.Z, Axis.Y, Axis.X),
            4, List.of(Axis.C, Axis.Z, Axis.Y, Axis.X),
            5, List.of(Axis.T, Axis.C, Axis.Z, Axis.Y, Axis.X));

    /** No volume is longer, and sums of two such lengths stay in range. */
    private static final long MAX_LENGTH = 1L << 48;

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
        long[] shape = longs(json.path("shape"), place, "shape", 0);
        List<Axis> own = axes != null ? axes : axes(json.path("dimension_names"), shape.length, place);
        if (own.size() != shape.length) {
            throw Metadata.corrupt(
                    place, "has " + shape.length + " dimensions, its group names " + own.size() + " axes");
        }
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
        long[] object = longs(grid.path("configuration").path("chunk_shape"), place, "chunk_shape", 1);
        if (object.length != shape.length) {
            throw Metadata.corrupt(place, "has " + shape.length + " dimensions and chunks of " + object.length);
        }
        Extent objectExtent = spread(object, own, place);
        List<CodecSpec> codecs = codecs(json.path("codecs"), type, own, place, true);
        if (codecs.size() == 1 && codecs.get(0) instanceof CodecSpec.Sharding sharding) {
            requireWhole(objectExtent, sharding.chunk(), place);
        }
        return new ArrayMetadata(
                own,
                spread(shape, own, place),
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

    private static List<CodecSpec> codecs(
            JsonNode json, ElementType type, List<Axis> axes, String place, boolean shardingAllowed) {
        List<CodecSpec> chain = new ArrayList<>();
        for (JsonNode codec : json) {
            chain.add(codec(codec, type, axes, place, shardingAllowed));
        }
        long serializers = chain.stream()
                .filter(c -> c instanceof CodecSpec.Bytes || c instanceof CodecSpec.Sharding)
                .count();
        long compressors =
                chain.stream().filter(c -> c instanceof CodecSpec.Compressor).count();
        if (serializers != 1
                || !(chain.get(0) instanceof CodecSpec.Bytes || chain.get(0) instanceof CodecSpec.Sharding)) {
            throw Metadata.corrupt(place, "has a codec chain that does not begin with 'bytes' or 'sharding_indexed'");
        }
        boolean inside = false; // a checksum inside a compressor would need a buffer of its own
        for (int i = 1; i < chain.size(); i++) {
            inside |= chain.get(i) instanceof CodecSpec.Compressor && i > 1;
        }
        if (compressors > 1 || inside || (chain.get(0) instanceof CodecSpec.Sharding && chain.size() > 1)) {
            throw Metadata.unsupported(place, "has codecs stacked in a way that is not supported: " + json);
        }
        return List.copyOf(chain);
    }

    private static CodecSpec codec(
            JsonNode json, ElementType type, List<Axis> axes, String place, boolean shardingAllowed) {
        String name = json.isTextual() ? json.asText() : json.path("name").asText();
        JsonNode settings = json.path("configuration");
        switch (name) {
            case "bytes", "endian":
                String endian = settings.path("endian").asText(type.bytes() == 1 ? "little" : "");
                if (!endian.equals("little") && !endian.equals("big")) {
                    throw Metadata.corrupt(place, "has the codec 'bytes' with endian '" + endian + "'");
                }
                return new CodecSpec.Bytes(endian.equals("big"));
            case "zstd":
                return new CodecSpec.Zstd(
                        settings.path("level").asInt(0),
                        settings.path("checksum").asBoolean(false));
            case "gzip":
                return new CodecSpec.Gzip(settings.path("level").asInt(5));
            case "crc32c":
                return new CodecSpec.Crc32c();
            case "sharding_indexed":
                if (!shardingAllowed) {
                    throw Metadata.unsupported(place, "has shards inside shards, which are not supported");
                }
                long[] inner = longs(settings.path("chunk_shape"), place, "chunk_shape of its shards", 1);
                if (inner.length != axes.size()) {
                    throw Metadata.corrupt(
                            place, "has " + axes.size() + " dimensions and inner chunks of " + inner.length);
                }
                String location = settings.path("index_location").asText("end");
                if (!location.equals("end") && !location.equals("start")) {
                    throw Metadata.corrupt(place, "has the shard index location '" + location + "'");
                }
                List<CodecSpec> index = codecs(settings.path("index_codecs"), ElementType.UINT64, axes, place, false);
                if (index.stream().anyMatch(CodecSpec.Compressor.class::isInstance)) {
                    throw Metadata.unsupported(place, "has a compressed shard index, which has no fixed size");
                }
                return new CodecSpec.Sharding(
                        spread(inner, axes, place),
                        codecs(settings.path("codecs"), type, axes, place, false),
                        index,
                        location.equals("end"));
            default:
                throw Metadata.unsupported(
                        place,
                        "has the codec '" + name
                                + "', which is not supported (supported: bytes, zstd, gzip, crc32c, sharding_indexed)");
        }
    }

    private static List<Axis> axes(JsonNode names, int rank, String place) {
        List<Axis> byRank = AXES_BY_RANK.get(rank);
        if (byRank == null) {
            throw Metadata.unsupported(place, "has " + rank + " dimensions, 1 to 5 are supported");
        }
        List<Axis> named = new ArrayList<>();
        for (JsonNode name : names) {
            for (Axis axis : Axis.values()) {
                if (axis.letter().equals(name.asText())) {
                    named.add(axis);
                }
            }
        }
        if (named.size() != rank) {
            return byRank; // other names say nothing about these axes
        }
        if (!isOrdered(named)) {
            throw Metadata.unsupported(place, "has dimensions " + names + ", the order t, c, z, y, x is supported");
        }
        return List.copyOf(named);
    }

    static boolean isOrdered(List<Axis> axes) {
        for (int i = 1; i < axes.size(); i++) {
            if (axes.get(i - 1).compareTo(axes.get(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static void requireWhole(Extent shard, Extent chunk, String place) {
        for (Axis axis : Axis.values()) {
            if (shard.along(axis) % chunk.along(axis) != 0) {
                throw Metadata.corrupt(
                        place, "has shards of " + shard + " that inner chunks of " + chunk + " do not fill");
            }
        }
    }

    private static long[] longs(JsonNode json, String place, String what, long least) {
        if (!json.isArray()) {
            throw Metadata.corrupt(place, "has no " + what);
        }
        long[] values = new long[json.size()];
        for (int i = 0; i < values.length; i++) {
            if (!json.get(i).canConvertToLong()
                    || !json.get(i).isIntegralNumber()
                    || json.get(i).asLong() < least
                    || json.get(i).asLong() > MAX_LENGTH) {
                throw Metadata.corrupt(place, "has a " + what + " of " + json);
            }
            values[i] = json.get(i).asLong();
        }
        return values;
    }

    private static Extent spread(long[] lengths, List<Axis> axes, String place) {
        Map<Axis, Long> along = new EnumMap<>(Axis.class);
        for (int i = 0; i < lengths.length; i++) {
            along.put(axes.get(i), lengths[i]);
        }
        try {
            return new Extent(
                    along.getOrDefault(Axis.T, 1L),
                    along.getOrDefault(Axis.C, 1L),
                    along.getOrDefault(Axis.Z, 1L),
                    along.getOrDefault(Axis.Y, 1L),
                    along.getOrDefault(Axis.X, 1L));
        } catch (IllegalArgumentException e) {
            throw Metadata.corrupt(place, "declares an impossible size: " + e.getMessage());
        }
    }
}
