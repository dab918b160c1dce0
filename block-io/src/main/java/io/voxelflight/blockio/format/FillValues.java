package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.HalfFloats;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Fill values as Zarr v3 writes them: numbers, booleans, "NaN", "Infinity", or the bits in hex. */
final class FillValues {
    private FillValues() {}

    /** One voxel in little-endian order. */
    static byte[] parse(JsonNode json, ElementType type, String place) {
        if (json.isMissingNode() || json.isNull()) {
            return new byte[type.bytes()];
        }
        if (json.isTextual() && json.asText().startsWith("0x")) {
            return hex(json.asText().substring(2), type, place);
        }
        ByteBuffer voxel = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case FLOAT64 -> voxel.putDouble(decimal(json, place));
            case FLOAT32 -> voxel.putFloat((float) decimal(json, place));
            case FLOAT16 -> voxel.putShort(HalfFloats.fromFloat((float) decimal(json, place)));
            default -> putInteger(voxel, json, type, place);
        }
        return voxel.array();
    }

    private static void putInteger(ByteBuffer voxel, JsonNode json, ElementType type, String place) {
        BigInteger value = json.isBoolean()
                ? (json.asBoolean() ? BigInteger.ONE : BigInteger.ZERO)
                : json.isIntegralNumber() ? json.bigIntegerValue() : whole(json);
        int bits = type.bytes() * 8;
        if (value == null
                || (type.isUnsigned() ? value.signum() < 0 || value.bitLength() > bits : value.bitLength() >= bits)) {
            throw Metadata.corrupt(place, "has the fill value " + json + ", which is no " + type.numpyName());
        }
        long low = value.longValue();
        for (int i = 0; i < type.bytes(); i++) {
            voxel.put(i, (byte) (low >>> (8 * i)));
        }
    }

    /** Some writers put a decimal point into the fill value of integers: {@code 0.0}. */
    private static @Nullable BigInteger whole(JsonNode json) {
        return json.isNumber()
                        && json.doubleValue() == Math.rint(json.doubleValue())
                        && Math.abs(json.doubleValue()) < 1e15
                ? BigInteger.valueOf((long) json.doubleValue())
                : null;
    }

    private static double decimal(JsonNode json, String place) {
        if (json.isNumber()) {
            return json.doubleValue();
        }
        return switch (json.asText()) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw Metadata.corrupt(place, "has the fill value " + json + ", which is no number");
        };
    }

    private static byte[] hex(String digits, ElementType type, String place) {
        if (digits.length() != type.bytes() * 2 || !digits.matches("[0-9a-fA-F]+")) {
            throw Metadata.corrupt(place, "has the fill value 0x" + digits + ", which is no " + type.numpyName());
        }
        byte[] big = HexFormat.of().parseHex(digits);
        byte[] little = new byte[big.length];
        for (int i = 0; i < big.length; i++) {
            little[i] = big[big.length - 1 - i];
        }
        return little;
    }
}
