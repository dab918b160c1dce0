package io.voxelflight.flight.http.zarr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.HalfFloats;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A voxel as Zarr's metadata writes a fill value. */
final class FillValue {
    private FillValue() {}

    /** @param voxel little-endian */
    static JsonNode json(byte[] voxel, ElementType type) {
        ByteBuffer bytes = ByteBuffer.wrap(voxel).order(ByteOrder.LITTLE_ENDIAN);
        return switch (type) {
            case UINT8 -> LongNode.valueOf(bytes.get() & 0xff);
            case INT8 -> LongNode.valueOf(bytes.get());
            case UINT16 -> LongNode.valueOf(bytes.getShort() & 0xffff);
            case INT16 -> LongNode.valueOf(bytes.getShort());
            case UINT32 -> LongNode.valueOf(bytes.getInt() & 0xffffffffL);
            case INT32 -> LongNode.valueOf(bytes.getInt());
            case INT64 -> LongNode.valueOf(bytes.getLong());
            case UINT64 -> BigIntegerNode.valueOf(new BigInteger(Long.toUnsignedString(bytes.getLong())));
            case FLOAT16 -> decimal(HalfFloats.toFloat(bytes.getShort()));
            case FLOAT32 -> decimal(bytes.getFloat());
            case FLOAT64 -> decimal(bytes.getDouble());
        };
    }

    private static JsonNode decimal(double value) {
        if (Double.isNaN(value)) {
            return TextNode.valueOf("NaN");
        }
        if (Double.isInfinite(value)) {
            return TextNode.valueOf(value > 0 ? "Infinity" : "-Infinity");
        }
        return DoubleNode.valueOf(value);
    }
}
