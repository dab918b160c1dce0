package io.voxelflight.flight.measure;

import io.voxelflight.model.Axis;
import io.voxelflight.model.Box;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Point;
import java.math.BigDecimal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The smallest box around all voxels above a threshold that were shown so far. */
final class Bounds {
    private final double threshold;
    private final boolean unsigned;
    private final boolean none;
    private final boolean all;
    private final long whole;
    private final long[] from = new long[5];
    private final long[] to = new long[5];

    Bounds(ElementType type, double threshold) {
        this.threshold = threshold;
        this.unsigned = type == ElementType.UINT64;
        double most = unsigned ? 0x1p64 : 0x1p63;
        // v > threshold is v > floor(threshold) for whole numbers; what no long holds lies above or below them all
        this.none = threshold >= most;
        this.all = threshold < (unsigned ? 0 : -0x1p63);
        this.whole = none || all
                ? 0
                : new BigDecimal(Math.floor(threshold)).toBigInteger().longValue();
        Arrays.fill(from, Long.MAX_VALUE);
    }

    /** Whether voxels of a box could still make it larger. */
    boolean wants(Box box) {
        Box found = box();
        return found == null || !found.contains(box);
    }

    void add(Box box) {
        for (Axis axis : Axis.values()) {
            int i = axis.ordinal();
            from[i] = Math.min(from[i], box.start().along(axis));
            to[i] = Math.max(to[i], box.stop().along(axis));
        }
    }

    /** Adds voxels along x. */
    void add(Point first, VoxelRow row, int count) {
        int low = 0;
        while (low < count && !above(row, low)) {
            low++;
        }
        if (low == count) {
            return;
        }
        int high = count - 1;
        while (!above(row, high)) {
            high--;
        }
        add(new Box(
                first.plus(Point.zyx(0, 0, low)),
                new Point(first.t() + 1, first.c() + 1, first.z() + 1, first.y() + 1, first.x() + high + 1)));
    }

    private boolean above(VoxelRow row, int i) {
        long[] exact = row.exact;
        if (exact == null) {
            return row.values[i] > threshold;
        }
        if (none || all) {
            return all;
        }
        return unsigned ? Long.compareUnsigned(exact[i], whole) > 0 : exact[i] > whole;
    }

    /** Null: there are none. */
    @Nullable
    Box box() {
        return from[0] == Long.MAX_VALUE
                ? null
                : new Box(
                        new Point(from[0], from[1], from[2], from[3], from[4]),
                        new Point(to[0], to[1], to[2], to[3], to[4]));
    }
}
