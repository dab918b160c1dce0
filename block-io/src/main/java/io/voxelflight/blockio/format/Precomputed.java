package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code info} of a Neuroglancer precomputed volume: chunks as objects of their own or in shards, all lists in
 * the order x, y, z. Several channels lie in each chunk as whole volumes, one behind the other.
 *
 * @see <a href="https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.md">The format</a>
 */
final class Precomputed {
    private static final String INFO = "info";
    private static final String VOLUME_TYPE = "neuroglancer_multiscale_volume";
    private static final String SHARDED_TYPE = "neuroglancer_uint64_sharded_v1";

    private static final Set<String> TYPES =
            Set.of("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32");
    private static final Set<String> KNOWN_BUT_NOT_READ =
            Set.of("png", "jxl", "fpzip", "zfpc", "crackle", "kempressed", "compresso", "crackle_gz");
    private static final Set<String> UNDERSTOOD = Set.of("@type", "type", "data_type", "num_channels", "scales");

    private static final int MAX_CHANNELS = 1 << 20;
    private static final int MAX_LEVELS = 64;
    private static final int HASH_BITS = 64;

    private Precomputed() {}

    /**
     * What lies there; empty if no precomputed volume does.
     *
     * @param axes what the caller takes the axes for; null: as the format says
     */
    static Optional<StoredVolume> recognise(Documents documents, @Nullable List<Axis> axes) {
        Optional<JsonNode> found = documents.read(INFO);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        JsonNode info = found.get();
        String place = documents.describe(INFO);
        String type = info.path("@type").asText(VOLUME_TYPE);
        if (!type.equals(VOLUME_TYPE)) {
            throw Metadata.unsupported(
                    place, "is of type '" + type + "', volumes ('" + VOLUME_TYPE + "') are supported");
        }
        if (!info.path("scales").isArray()) {
            return Optional.empty();
        }
        int channels = channels(info, place);
        List<Axis> own = channels == 1 ? List.of(Axis.Z, Axis.Y, Axis.X) : List.of(Axis.C, Axis.Z, Axis.Y, Axis.X);
        if (axes != null && !axes.equals(own)) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    place + " is of a Neuroglancer precomputed volume, whose axes are " + Axes.letters(own)
                            + " by its format, not " + Axes.letters(axes));
        }
        ElementType elementType = elementType(info.path("data_type"), place);
        List<VolumeMetadata.LevelMetadata> levels = new ArrayList<>();
        for (JsonNode scale : info.path("scales")) {
            levels.add(level(scale, elementType, channels, own, place));
        }
        if (levels.isEmpty() || levels.size() > MAX_LEVELS) {
            throw Metadata.corrupt(place, "has " + levels.size() + " scales, 1 to " + MAX_LEVELS + " are supported");
        }
        ObjectNode kept = Metadata.object();
        info.properties().forEach(field -> {
            if (!UNDERSTOOD.contains(field.getKey())) {
                kept.set(field.getKey(), field.getValue());
            }
        });
        return Optional.of(new StoredVolume.One(
                new VolumeMetadata("Neuroglancer precomputed", kind(info, place), own, levels, kept)));
    }

    private static int channels(JsonNode info, String place) {
        JsonNode number = info.path("num_channels");
        if (!number.isIntegralNumber()
                || !number.canConvertToInt()
                || number.asInt() < 1
                || number.asInt() > MAX_CHANNELS) {
            throw Metadata.corrupt(place, "has num_channels " + number + ", 1 or more are expected");
        }
        return number.asInt();
    }

    private static VolumeKind kind(JsonNode info, String place) {
        return switch (info.path("type").asText()) {
            case "image" -> VolumeKind.IMAGE;
            case "segmentation" -> VolumeKind.LABELS;
            default ->
                throw Metadata.corrupt(
                        place, "has the type " + info.path("type") + ", 'image' and 'segmentation' are known");
        };
    }

    private static ElementType elementType(JsonNode name, String place) {
        if (!TYPES.contains(name.asText())) {
            throw Metadata.unsupported(
                    place, "has the data type " + name + ", integers of 8 to 64 bits and float32 are supported");
        }
        return ElementType.parse(name.asText());
    }

    private static VolumeMetadata.LevelMetadata level(
            JsonNode scale, ElementType type, int channels, List<Axis> axes, String place) {
        Extent extent = spread(three(scale.path("size"), 0, "size", place), channels, place);
        // several chunk sizes are copies of the same voxels, the first is as good as any
        Extent chunk = spread(three(scale.path("chunk_sizes").path(0), 1, "chunk_sizes", place), channels, place);
        List<CodecSpec> codecs = new ArrayList<>(List.of(encoding(scale, type, channels, place)));
        double[] offset = numbers(scale.path("voxel_offset"), "voxel_offset", new double[3], place);
        for (double coordinate : offset) {
            if (coordinate != Math.rint(coordinate) || Math.abs(coordinate) > Axes.MAX_LENGTH) {
                throw Metadata.corrupt(place, "has the voxel_offset " + scale.path("voxel_offset"));
            }
        }
        KeyEncoding keys = new KeyEncoding.VoxelRanges((long) offset[2], (long) offset[1], (long) offset[0]);
        if (scale.hasNonNull("sharding")) {
            KeyEncoding.MortonShards shards = sharding(scale.path("sharding"), place);
            keys = shards;
            if (shards.gzipData()) {
                codecs.add(new CodecSpec.Gzip(6));
            }
        } else {
            codecs.add(new CodecSpec.OptionalGzip());
        }
        double[] nanometres = numbers(scale.path("resolution"), "resolution", null, place);
        VoxelSize size = voxelSize(nanometres, scale, place);
        return new VolumeMetadata.LevelMetadata(
                key(scale.path("key"), place),
                new ArrayMetadata(
                        axes, extent, type, chunk, ArrayMetadata.Edge.CLIPPED, keys, codecs, new byte[type.bytes()]),
                size,
                new VolumeMetadata.Translation(
                        (offset[2] + 0.5) * size.z(), (offset[1] + 0.5) * size.y(), (offset[0] + 0.5) * size.x()));
    }

    private static CodecSpec encoding(JsonNode scale, ElementType type, int channels, String place) {
        String encoding = scale.path("encoding").asText();
        switch (encoding) {
            case "raw":
                return new CodecSpec.Bytes(false);
            case "jpeg":
                if (type != ElementType.UINT8 || (channels != 1 && channels != 3)) {
                    throw Metadata.corrupt(
                            place,
                            "has JPEG chunks of " + channels + " channels of " + type.numpyName()
                                    + ", 1 or 3 of uint8 are possible");
                }
                return new CodecSpec.Jpeg();
            case "compressed_segmentation":
                if (type != ElementType.UINT32 && type != ElementType.UINT64) {
                    throw Metadata.corrupt(
                            place,
                            "has compressed_segmentation of " + type.numpyName() + ", uint32 and uint64 are possible");
                }
                long[] block = three(
                        scale.path("compressed_segmentation_block_size"),
                        1,
                        "compressed_segmentation_block_size",
                        place);
                for (long side : block) {
                    if (side > CodecSpec.CompressedSegmentation.MAX_SIDE) {
                        throw Metadata.unsupported(
                                place,
                                "has a compressed_segmentation_block_size of " + Arrays.toString(block) + ", at most "
                                        + CodecSpec.CompressedSegmentation.MAX_SIDE + " along an axis are supported");
                    }
                }
                return new CodecSpec.CompressedSegmentation((int) block[2], (int) block[1], (int) block[0]);
            default:
                throw Metadata.unsupported(
                        place,
                        "has the encoding '" + encoding + "', which is "
                                + (KNOWN_BUT_NOT_READ.contains(encoding) ? "not supported" : "not known")
                                + " (supported: raw, jpeg, compressed_segmentation)");
        }
    }

    private static KeyEncoding.MortonShards sharding(JsonNode json, String place) {
        String type = json.path("@type").asText();
        if (!type.equals(SHARDED_TYPE)) {
            throw Metadata.unsupported(
                    place, "has sharding of type '" + type + "', '" + SHARDED_TYPE + "' is supported");
        }
        String hash = json.path("hash").asText();
        if (!hash.equals("identity") && !hash.equals("murmurhash3_x86_128")) {
            throw Metadata.unsupported(
                    place, "has the shard hash '" + hash + "', identity and murmurhash3_x86_128 are supported");
        }
        int preshift = bits(json, "preshift_bits", HASH_BITS, place);
        int minishard = bits(json, "minishard_bits", 32, place);
        int shard = bits(json, "shard_bits", HASH_BITS - minishard, place);
        return new KeyEncoding.MortonShards(
                preshift,
                hash,
                minishard,
                shard,
                isGzip(json, "minishard_index_encoding", place),
                isGzip(json, "data_encoding", place));
    }

    private static int bits(JsonNode json, String field, int most, String place) {
        JsonNode bits = json.path(field);
        if (!bits.isIntegralNumber() || !bits.canConvertToInt() || bits.asInt() < 0 || bits.asInt() > most) {
            throw Metadata.corrupt(
                    place, "has sharding with " + field + " " + bits + ", 0 to " + most + " are possible");
        }
        return bits.asInt();
    }

    private static boolean isGzip(JsonNode json, String field, String place) {
        return switch (json.path(field).asText("raw")) {
            case "raw" -> false;
            case "gzip" -> true;
            default ->
                throw Metadata.unsupported(
                        place, "has sharding with " + field + " " + json.path(field) + ", raw and gzip are supported");
        };
    }

    /** The folder of a scale, below the volume. */
    private static String key(JsonNode key, String place) {
        String path = key.asText();
        boolean leadsOut = path.startsWith("/")
                || path.contains("://")
                || Arrays.asList(path.split("/")).contains("..");
        if (!key.isTextual() || path.isEmpty() || leadsOut) {
            throw Metadata.unsupported(place, "has the scale key " + key + ", a folder below the volume is supported");
        }
        return path.replaceFirst("/+$", "");
    }

    private static VoxelSize voxelSize(double[] nanometres, JsonNode scale, String place) {
        try {
            return new VoxelSize(nanometres[2], nanometres[1], nanometres[0]);
        } catch (IllegalArgumentException e) {
            throw Metadata.corrupt(place, "has the resolution " + scale.path("resolution"));
        }
    }

    private static long[] three(JsonNode json, long least, String what, String place) {
        long[] values = Axes.lengths(json, place, what, least);
        if (values.length != 3) {
            throw Metadata.corrupt(place, "has a " + what + " of " + json + ", three numbers are expected");
        }
        return values;
    }

    private static double[] numbers(JsonNode json, String what, double @Nullable [] absent, String place) {
        if (json.isMissingNode() && absent != null) {
            return absent;
        }
        double[] values = new double[3];
        boolean sound = json.isArray() && json.size() == 3;
        for (int i = 0; sound && i < 3; i++) {
            sound = json.get(i).isNumber();
            values[i] = json.get(i).doubleValue();
        }
        if (!sound) {
            throw Metadata.corrupt(place, "has a " + what + " of " + json + ", three numbers are expected");
        }
        return values;
    }

    private static Extent spread(long[] xyz, int channels, String place) {
        return Axes.spread(
                new long[] {channels, xyz[2], xyz[1], xyz[0]}, List.of(Axis.C, Axis.Z, Axis.Y, Axis.X), place);
    }
}
