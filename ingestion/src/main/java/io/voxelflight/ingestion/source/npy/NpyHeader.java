package io.voxelflight.ingestion.source.npy;

import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a .npy file, versions 1 to 3 (numpy.lib.format).
 *
 * @param lengths of the array's axes as NumPy says them
 * @param fortran whether the first axis is the fastest
 * @param dataPosition where the voxels begin
 */
record NpyHeader(ElementType type, boolean bigEndian, boolean fortran, long[] lengths, long dataPosition) {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER_BYTES = 1 << 16;

    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L,\\s]*)\\)");
    private static final Pattern TYPE = Pattern.compile("([<>|=])([a-zA-Z])([0-9]+)");

    static NpyHeader read(SourceFile file) {
        ByteBuffer start = file.bytes(0, 10, "the NumPy header");
        int major = start.get(6);
        int minor = start.get(7);
        if (major < 1 || major > 3 || minor != 0) {
            throw file.unsupported("NumPy format version " + major + "." + minor + " is not supported, use 1.0 to 3.0");
        }
        int prefix = major == 1 ? 10 : 12;
        long length = major == 1
                ? Short.toUnsignedInt(start.getShort(8))
                : Integer.toUnsignedLong(file.bytes(8, 4, "the NumPy header").getInt());
        if (length > MAX_HEADER_BYTES) {
            throw file.corrupt("a NumPy header of " + length + " bytes cannot be, at most " + MAX_HEADER_BYTES);
        }
        byte[] bytes = file.bytes(prefix, (int) length, "the NumPy header").array();
        String text = new String(bytes, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        if (!text.startsWith("{") || !text.stripTrailing().endsWith("}")) {
            throw file.corrupt(
                    "the NumPy header is not a dictionary of descr, fortran_order and shape: '" + shorten(text) + "'");
        }
        Matcher descr = DESCR.matcher(text);
        Matcher fortran = FORTRAN.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!fortran.find() || !shape.find()) {
            throw file.corrupt("the NumPy header lacks fortran_order or shape: '" + shorten(text) + "'");
        }
        if (!descr.find()) {
            throw file.unsupported("arrays of records are not supported: save one field as an array of its own");
        }
        Matcher type = TYPE.matcher(descr.group(1));
        if (!type.matches()) {
            throw unsupportedType(file, descr.group(1));
        }
        return new NpyHeader(
                elementType(file, descr.group(1), type.group(2), type.group(3)),
                type.group(1).equals(">"),
                fortran.group(1).equals("True"),
                lengths(file, shape.group(1)),
                prefix + length);
    }

    private static ElementType elementType(SourceFile file, String descr, String kind, String bytes) {
        return switch (kind + bytes) {
            case "b1", "u1" -> ElementType.UINT8;
            case "i1" -> ElementType.INT8;
            case "u2" -> ElementType.UINT16;
            case "i2" -> ElementType.INT16;
            case "u4" -> ElementType.UINT32;
            case "i4" -> ElementType.INT32;
            case "u8" -> ElementType.UINT64;
            case "i8" -> ElementType.INT64;
            case "f2" -> ElementType.FLOAT16;
            case "f4" -> ElementType.FLOAT32;
            case "f8" -> ElementType.FLOAT64;
            default -> throw unsupportedType(file, descr);
        };
    }

    private static RuntimeException unsupportedType(SourceFile file, String descr) {
        return file.unsupported("voxels of NumPy type '" + shorten(descr)
                + "' are not supported, use integers of 8 to 64 bits or floats of 16 to 64");
    }

    private static long[] lengths(SourceFile file, String tuple) {
        try {
            return Arrays.stream(tuple.replace("L", "").split(","))
                    .map(String::trim)
                    .filter(each -> !each.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw file.corrupt("the NumPy header's shape (" + shorten(tuple) + ") cannot be");
        }
    }

    private static String shorten(String text) {
        String line = text.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.length() <= 120 ? line : line.substring(0, 120) + "...";
    }
}
