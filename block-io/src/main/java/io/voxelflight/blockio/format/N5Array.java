package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
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
        List<Long> dimensions = turned(attributes, "dimensions", 0, place);
        List<Long> blockSize = turned(attributes, "blockSize", 1, place);
        if (blockSize.size() != dimensions.size()) {
            throw Metadata.corrupt(place, "has " + dimensions.size() + " dimensions and blocks of " + blockSize.size());
        }
        List<Axis> own = axes != null ? axes : axes(attributes, dimensions.size(), place);
        if (own.size() != dimensions.size()) {
            throw new ServiceException(
                    io.voxelflight.model.ErrorCode.INVALID_ARGUMENT,
                    place + " has " + dimensions.size() + " dimensions, " + own.size() + " axes are given: "
                            + letters(own));
        }
        ElementType type = type(attributes.path("dataType"), place);
        Extent block = Dimensions.extent(blockSize, own, place);
        return new ArrayMetadata(
                own,
                Dimensions.extent(dimensions, own, place),
                type,
                block,
                ArrayMetadata.Edge.WHOLE, // each block's header says how large it is
                new KeyEncoding.Indices("", '/', Dimensions.reversed(own)),
                codecs(attributes, place),
                new byte[type.bytes()]);
    }

    private static List<Long> turned(JsonNode attributes, String field, long least, String place) {
        return Dimensions.reversed(Dimensions.lengths(attributes.path(field), least, "'" + field + "'", place));
    }

    /** The {@code axes} attribute is in N5's own order: the fastest first. */
    static List<Axis> axes(JsonNode attributes, int rank, String place) {
        List<Axis> byRank = Dimensions.byRank(rank, place);
        return Dimensions.named(attributes.path("axes"))
                .filter(named -> named.size() == rank)
                .map(Dimensions::reversed)
                .orElse(byRank);
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

    static String letters(List<Axis> axes) {
        StringBuilder letters = new StringBuilder();
        axes.forEach(axis -> letters.append(axis.letter()));
        return letters.toString();
    }
}
