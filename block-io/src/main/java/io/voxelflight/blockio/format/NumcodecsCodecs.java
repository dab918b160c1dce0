package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.ElementType;

/**
 * Compressors and filters as numcodecs configures them: the {@code compressor} and {@code filters} of Zarr v2, and the
 * codecs {@code numcodecs.*} of zarr-python 3.
 *
 * @see <a href="https://numcodecs.readthedocs.io/">numcodecs</a>
 */
final class NumcodecsCodecs {
    private static final int XZ = 1;
    private static final int ALONE = 2;

    private NumcodecsCodecs() {}

    /**
     * One step.
     *
     * @param id of the codec, without {@code numcodecs.}
     * @param settings its configuration
     * @param type of the array's elements
     * @param bigEndian how elements are stored
     */
    static CodecSpec.BytesToBytes parse(
            String id, JsonNode settings, ElementType type, boolean bigEndian, String place) {
        return switch (id) {
            case "zlib" -> new CodecSpec.Zlib(settings.path("level").asInt(1));
            case "gzip" -> new CodecSpec.Gzip(settings.path("level").asInt(1));
            case "zstd" ->
                new CodecSpec.Zstd(
                        settings.path("level").asInt(0),
                        settings.path("checksum").asBoolean(false));
            case "bz2" -> new CodecSpec.Bzip2(settings.path("level").asInt(1));
            case "lz4" -> new CodecSpec.Lz4Sized();
            case "lzma" -> lzma(settings, place);
            case "blosc" -> blosc(settings, type, place);
            case "shuffle" -> shuffle(settings, type, place);
            case "delta" -> delta(settings, type, bigEndian, place);
            case "crc32c" -> new CodecSpec.Crc32c();
            case "crc32" -> new CodecSpec.Crc32(atEnd(settings, false, place));
            case "adler32" -> new CodecSpec.Adler32(atEnd(settings, false, place));
            case "fletcher32" -> new CodecSpec.Fletcher32();
            default ->
                throw Metadata.unsupported(
                        place,
                        "has the codec '" + id
                                + "', which is not supported (of numcodecs: blosc, zstd, zlib, gzip, bz2,"
                                + " lz4, lzma, shuffle, delta, crc32, crc32c, adler32, fletcher32)");
        };
    }

    private static CodecSpec.BytesToBytes lzma(JsonNode settings, String place) {
        int format = settings.path("format").asInt(XZ);
        if (format != XZ && format != ALONE) {
            throw Metadata.unsupported(
                    place, "has the codec 'lzma' with format " + format + ", 1 (.xz) and 2 (.lzma) are supported");
        }
        return new CodecSpec.Xz(format == ALONE);
    }

    /** Also Zarr v3's own {@code blosc}, whose shuffle is a word. */
    static CodecSpec.BytesToBytes blosc(JsonNode settings, ElementType type, String place) {
        JsonNode shuffle = settings.path("shuffle");
        int kind =
                switch (shuffle.asText("noshuffle")) {
                    case "noshuffle", "0" -> 0;
                    case "shuffle", "1" -> 1;
                    case "bitshuffle", "2" -> 2;
                    case "-1" -> type.bytes() == 1 ? 2 : 1;
                    default -> throw Metadata.corrupt(place, "has the codec 'blosc' with shuffle " + shuffle);
                };
        String compressor = settings.path("cname").asText("lz4");
        if (compressor.equals("snappy")) {
            throw Metadata.unsupported(place, "has the codec 'blosc' with 'snappy', which is not supported");
        }
        return new CodecSpec.Blosc(
                compressor,
                settings.path("clevel").asInt(5),
                kind,
                settings.path("typesize").asInt(type.bytes()));
    }

    private static CodecSpec.BytesToBytes shuffle(JsonNode settings, ElementType type, String place) {
        int size = settings.path("elementsize").asInt(type.bytes());
        if (size < 1 || size > 255) {
            throw Metadata.corrupt(place, "has the codec 'shuffle' with elementsize " + size);
        }
        return new CodecSpec.Shuffle(size);
    }

    private static CodecSpec.BytesToBytes delta(JsonNode settings, ElementType type, boolean bigEndian, String place) {
        String given = settings.path("dtype").asText("");
        String stored = settings.path("astype").asText(given);
        ZarrV2.DataType own = ZarrV2.dataType(settings.path("dtype"), place);
        if (!stored.equals(given) || own.type() != type || own.bigEndian() != bigEndian) {
            throw Metadata.unsupported(
                    place,
                    "has the codec 'delta' from " + given + " to " + stored + " on voxels of " + type.numpyName()
                            + ", only the array's own type is supported");
        }
        return new CodecSpec.Delta(type, bigEndian);
    }

    private static boolean atEnd(JsonNode settings, boolean otherwise, String place) {
        return switch (settings.path("location").asText(otherwise ? "end" : "start")) {
            case "start" -> false;
            case "end" -> true;
            default ->
                throw Metadata.corrupt(
                        place, "has a checksum at '" + settings.path("location").asText() + "'");
        };
    }
}
