package io.voxelflight.flight.http.blocks;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What stands before the voxels in a file of NumPy's format, version 1.0 (numpy.lib.format). */
final class NpyHeader {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    /** NumPy writes headers so that the data begins at a multiple of it. */
    private static final int ALIGNMENT = 64;

    private NpyHeader() {}

    static ByteBuffer of(ElementType type, BlockShape shape) {
        String text = "{'descr': '" + descr(type) + "', 'fortran_order': False, 'shape': (" + shape.z() + ", "
                + shape.y() + ", " + shape.x() + "), }";
        int front = MAGIC.length + Short.BYTES;
        int length = (front + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] padded =
                (text + " ".repeat(length - front - text.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(length)
                .put(MAGIC)
                .put((byte) padded.length)
                .put((byte) (padded.length >> 8))
                .put(padded)
                .flip();
    }

    private static String descr(ElementType type) {
        String kind = type.isFloat() ? "f" : type.isUnsigned() ? "u" : "i";
        return (type.bytes() == 1 ? "|" : "<") + kind + type.bytes();
    }
}
