package io.voxelflight.blockio.decode;

import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Brings voxels that lie in another order of axes into C order of (t, c, z, y, x). */
final class Permutation {
    private static final int RANK = Axis.values().length;

    private Permutation() {}

    /** Whether the order of {@code axes} differs from the canonical one for a chunk of that size: an axis of one voxel has no place. */
    static boolean moves(List<Axis> axes, Extent extent) {
        int last = -1;
        for (Axis axis : axes) {
            if (extent.along(axis) > 1) {
                if (axis.ordinal() < last) {
                    return true;
                }
                last = axis.ordinal();
            }
        }
        return false;
    }

    /**
     * Copies a chunk.
     *
     * @param source in C order of {@code axes}, from byte 0 on
     * @param destination filled from its position to its limit
     */
    static void toCanonical(
            ByteBuffer source, List<Axis> axes, Extent extent, ByteBuffer destination, int elementBytes) {
        // how far apart neighbours along each canonical axis lie in the source, in elements
        int[] stride = new int[RANK];
        int step = 1;
        for (int i = axes.size() - 1; i >= 0; i--) {
            stride[axes.get(i).ordinal()] = step;
            step *= (int) extent.along(axes.get(i));
        }
        int[] length = new int[RANK];
        for (Axis axis : Axis.values()) {
            length[axis.ordinal()] = (int) extent.along(axis);
        }
        ByteBuffer from = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = destination.slice().order(ByteOrder.LITTLE_ENDIAN);
        // the two innermost axes in tiles, so that neither side strides through memory for long
        int done = 0;
        for (int t = 0; t < length[0]; t++) {
            for (int c = 0; c < length[1]; c++) {
                for (int z = 0; z < length[2]; z++) {
                    int start = t * stride[0] + c * stride[1] + z * stride[2];
                    plane(from, start, stride[3], stride[4], to, done, length[3], length[4], elementBytes);
                    done += length[3] * length[4];
                }
            }
        }
    }

    private static final int TILE = 32;

    private static void plane(
            ByteBuffer from, int start, int strideY, int strideX, ByteBuffer to, int done, int ys, int xs, int bytes) {
        for (int y0 = 0; y0 < ys; y0 += TILE) {
            int y1 = Math.min(ys, y0 + TILE);
            for (int x0 = 0; x0 < xs; x0 += TILE) {
                int x1 = Math.min(xs, x0 + TILE);
                for (int y = y0; y < y1; y++) {
                    int a = start + y * strideY + x0 * strideX;
                    int b = done + y * xs + x0;
                    switch (bytes) {
                        case 1 -> row1(from, a, strideX, to, b, x1 - x0);
                        case 2 -> row2(from, a, strideX, to, b, x1 - x0);
                        case 4 -> row4(from, a, strideX, to, b, x1 - x0);
                        case 8 -> row8(from, a, strideX, to, b, x1 - x0);
                        default -> throw new IllegalStateException("voxels of " + bytes + " bytes");
                    }
                }
            }
        }
    }

    private static void row1(ByteBuffer from, int a, int stride, ByteBuffer to, int b, int count) {
        for (int i = 0; i < count; i++) {
            to.put(b + i, from.get(a + i * stride));
        }
    }

    private static void row2(ByteBuffer from, int a, int stride, ByteBuffer to, int b, int count) {
        for (int i = 0; i < count; i++) {
            to.putShort(2 * (b + i), from.getShort(2 * (a + i * stride)));
        }
    }

    private static void row4(ByteBuffer from, int a, int stride, ByteBuffer to, int b, int count) {
        for (int i = 0; i < count; i++) {
            to.putInt(4 * (b + i), from.getInt(4 * (a + i * stride)));
        }
    }

    private static void row8(ByteBuffer from, int a, int stride, ByteBuffer to, int b, int count) {
        for (int i = 0; i < count; i++) {
            to.putLong(8 * (b + i), from.getLong(8 * (a + i * stride)));
        }
    }
}
