package io.voxelflight.flight.measure;

import io.voxelflight.model.ElementType;
import io.voxelflight.model.HalfFloats;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Voxels along x, unpacked: as doubles, and integers of 64 bits, which doubles do not hold exactly, as longs too. */
final class VoxelRow {
    final double[] values;
    final long @Nullable [] exact;
    private final ElementType type;

    VoxelRow(ElementType type, int longest) {
        this.type = type;
        this.values = new double[longest];
        this.exact = isWide(type) ? new long[longest] : null;
    }

    /** Whether a double does not hold every value of a type. */
    static boolean isWide(ElementType type) {
        return type == ElementType.INT64 || type == ElementType.UINT64;
    }

    static double toDouble(long value, boolean unsigned) {
        if (!unsigned || value >= 0) {
            return value;
        }
        return ((value >>> 1) | (value & 1)) * 2.0; // rounds as the whole would
    }

    /**
     * Unpacks {@code count} voxels.
     *
     * @param voxels little-endian
     * @param at the first one's byte
     */
    void unpack(ByteBuffer voxels, int at, int count) {
        int bytes = type.bytes();
        for (int i = 0; i < count; i++) {
            int place = at + i * bytes;
            switch (type) {
                case UINT8 -> values[i] = voxels.get(place) & 0xff;
                case INT8 -> values[i] = voxels.get(place);
                case UINT16 -> values[i] = voxels.getShort(place) & 0xffff;
                case INT16 -> values[i] = voxels.getShort(place);
                case UINT32 -> values[i] = Integer.toUnsignedLong(voxels.getInt(place));
                case INT32 -> values[i] = voxels.getInt(place);
                case FLOAT16 -> values[i] = HalfFloats.toFloat(voxels.getShort(place));
                case FLOAT32 -> values[i] = voxels.getFloat(place);
                case FLOAT64 -> values[i] = voxels.getDouble(place);
                case UINT64, INT64 -> {
                    long value = voxels.getLong(place);
                    if (exact != null) {
                        exact[i] = value;
                    }
                    values[i] = toDouble(value, type == ElementType.UINT64);
                }
            }
        }
    }
}
