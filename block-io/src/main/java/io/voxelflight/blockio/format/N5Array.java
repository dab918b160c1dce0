package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the attributes of one N5 dataset. N5 counts dimensions from the fastest on: all lists are turned round. */
final class N5Array {
    private static final Set<String> TYPES =
            Set.of("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32", "float64");

    private N5Array() {}

    static boolean isDataset(JsonNode attributes) {
        return attributes.has("dimensions") && attributes.has("blockSize") && attributes.has("dataType");
    }

    /**
     * Resolves a dataset.
     *
     * @param axes slowest first; null: its {@code axes} attribute, else by its number of dimensions
     */
    static ArrayMetadata array(JsonNode attributes, @Nullable List<Axis> axes, String place) {
        if (attributes.path("isLabelMultiset").asBoolean(false)) {
            throw Metadata.unsupported(
                    place, "holds label multisets (several labels in one voxel), which are not supported");
        }
        long[] dimensions = turned(attributes, "dimensions", 0, place);
        long[] blockSize = turned(attributes, "blockSize", 1, place);
        int rank = dimensions.length;
        if (blockSize.length != rank) {
            throw Metadata.corrupt(place, "has " + rank + " dimensions and blocks of " + blockSize.length);
        }
        List<Axis> own = axes != null ? axes : axes(attributes, rank, place);
        Axes.requireFit(own, rank, place);
        ElementType type = type(attributes.path("dataType"), place);
        Extent block = Axes.spread(blockSize, own, place);
        return new ArrayMetadata(
                own,
                Axes.spread(dimensions, own, place),
                type,
                block,
                ArrayMetadata.Edge.WHOLE, // each block's header says how large it is
                new KeyEncoding.Indices("", '/', Axes.reversed(own)),
                codecs(attributes, place),
                new byte[type.bytes()]);
    }

    private static long[] turned(JsonNode attributes, String field, long least, String place) {
        return Axes.reversed(Axes.lengths(attributes.path(field), place, "'" + field + "'", least));
    }

    /** The {@code axes} attribute is in N5's own order: the fastest first. */
    static List<Axis> axes(JsonNode attributes, int rank, String place) {
        List<Axis> byRank = Axes.byRank(rank, place);
        return Axes.named(attributes.path("axes"), rank).map(Axes::reversed).orElse(byRank);
    }

    private static ElementType type(JsonNode name, String place) {
        if (!TYPES.contains(name.asText())) {
            throw Metadata.unsupported(
                    place, "has the data type " + name + ", N5's integers and floats of 8 to 64 bits are supported");
        }
        return ElementType.parse(name.asText());
    }

    private static List<CodecSpec> codecs(JsonNode attributes, String place) {
        CodecSpec bytes = new CodecSpec.Bytes(true);
        CodecSpec header = new CodecSpec.N5Header();
        JsonNode compression = attributes.path("compression");
        if (compression.isMissingNode()) { // N5 before 2.0
            compression = Metadata.object(
                    Map.of("type", attributes.path("compressionType").asText("raw")));
        }
        String type = compression.isTextual()
                ? compression.asText()
                : compression.path("type").asText();
        return switch (type) {
            case "raw" -> List.of(bytes, header);
            case "gzip" -> {
                int level = compression.path("level").asInt(-1);
                boolean zlib = compression.path("useZlib").asBoolean(false);
                yield List.of(bytes, zlib ? new CodecSpec.Zlib(level) : new CodecSpec.Gzip(level), header);
            }
            case "bzip2" ->
                List.of(bytes, new CodecSpec.Bzip2(compression.path("blockSize").asInt(8)), header);
            case "lz4" -> List.of(bytes, new CodecSpec.Lz4Blocks(), header);
            case "xz" -> List.of(bytes, new CodecSpec.Xz(false), header);
            case "zstd" ->
                List.of(bytes, new CodecSpec.Zstd(compression.path("level").asInt(3), false), header);
            case "blosc" ->
                List.of(
                        bytes,
                        new CodecSpec.Blosc(
                                compression.path("cname").asText("blosclz"),
                                compression.path("clevel").asInt(6),
                                compression.path("shuffle").asInt(0),
                                type(attributes.path("dataType"), place).bytes()),
                        header);
            default ->
                throw Metadata.unsupported(
                        place,
                        "has the compression '" + type
                                + "', which is not supported (supported: raw, gzip, bzip2, lz4, xz, blosc, zstd)");
        };
    }
}
