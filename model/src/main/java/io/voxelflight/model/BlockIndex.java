package io.voxelflight.model;

/** The place of a block in a {@link BlockGrid}, counted in blocks along (t, c, z, y, x). */
public record BlockIndex(long t, long c, long z, long y, long x) {
    public long along(Axis axis) {
        return switch (axis) {
            case T -> t;
            case C -> c;
            case Z -> z;
            case Y -> y;
            case X -> x;
        };
    }

    @Override
    public String toString() {
        return "(t=" + t + ", c=" + c + ", z=" + z + ", y=" + y + ", x=" + x + ")";
    }
}
