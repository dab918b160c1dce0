package io.voxelflight.blockio.decode;

import io.voxelflight.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** numcodecs' {@code delta}: the first element, then differences, which wrap as the type does. */
record DeltaCodec(ElementType type, boolean bigEndian) implements ByteCodec.Decompressor {
    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        int bytes = input.remaining();
        if (bytes % type.bytes() != 0 || bytes > output.remaining()) {
            throw ChunkDecoder.corrupt(
                    place,
                    "has " + bytes + " bytes of differences of " + type.numpyName() + ", there is room for "
                            + output.remaining(),
                    null);
        }
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer from = input.slice().order(order);
        ByteBuffer to = output.slice().order(order);
        switch (type) {
            case FLOAT32 -> floats(from, to);
            case FLOAT64 -> doubles(from, to);
            case FLOAT16 ->
                throw ChunkDecoder.corrupt(place, "has differences of float16, which are not supported", null);
            default -> {
                switch (type.bytes()) {
                    case 1 -> sums1(from, to);
                    case 2 -> sums2(from, to);
                    case 4 -> sums4(from, to);
                    default -> sums8(from, to);
                }
            }
        }
        return bytes;
    }

    @Override
    public boolean keepsSize() {
        return true;
    }

    private static void sums1(ByteBuffer from, ByteBuffer to) {
        byte sum = 0;
        while (from.hasRemaining()) {
            sum += from.get();
            to.put(sum);
        }
    }

    private static void sums2(ByteBuffer from, ByteBuffer to) {
        short sum = 0;
        while (from.hasRemaining()) {
            sum += from.getShort();
            to.putShort(sum);
        }
    }

    private static void sums4(ByteBuffer from, ByteBuffer to) {
        int sum = 0;
        while (from.hasRemaining()) {
            sum += from.getInt();
            to.putInt(sum);
        }
    }

    private static void sums8(ByteBuffer from, ByteBuffer to) {
        long sum = 0;
        while (from.hasRemaining()) {
            sum += from.getLong();
            to.putLong(sum);
        }
    }

    private static void floats(ByteBuffer from, ByteBuffer to) {
        float sum = 0;
        for (boolean first = true; from.hasRemaining(); first = false) {
            sum = first ? from.getFloat() : sum + from.getFloat();
            to.putFloat(sum);
        }
    }

    private static void doubles(ByteBuffer from, ByteBuffer to) {
        double sum = 0;
        for (boolean first = true; from.hasRemaining(); first = false) {
            sum = first ? from.getDouble() : sum + from.getDouble();
            to.putDouble(sum);
        }
    }
}
