package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns the bytes of each voxel round, in place. */
final class ByteSwap {
    private ByteSwap() {}

    /** @param elementBytes 2, 4 or 8; what remains in {@code voxels} is a multiple of it */
    static void swap(ByteBuffer voxels, int elementBytes) {
        ByteBuffer little = voxels.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        switch (elementBytes) {
            case 2 -> swap2(little);
            case 4 -> swap4(little);
            case 8 -> swap8(little);
            default -> throw new IllegalStateException("voxels of " + elementBytes + " bytes");
        }
    }

    private static void swap2(ByteBuffer voxels) {
        for (int i = voxels.position(); i < voxels.limit(); i += 2) {
            voxels.putShort(i, Short.reverseBytes(voxels.getShort(i)));
        }
    }

    private static void swap4(ByteBuffer voxels) {
        for (int i = voxels.position(); i < voxels.limit(); i += 4) {
            voxels.putInt(i, Integer.reverseBytes(voxels.getInt(i)));
        }
    }

    private static void swap8(ByteBuffer voxels) {
        for (int i = voxels.position(); i < voxels.limit(); i += 8) {
            voxels.putLong(i, Long.reverseBytes(voxels.getLong(i)));
        }
    }
}
