package io.voxelflight.model;

/** A voxel position, or a distance in voxels, in (t, c, z, y, x) order. May be negative; who needs bounds checks them. */
public record Point(long t, long c, long z, long y, long x) {
    public static final Point ORIGIN = new Point(0, 0, 0, 0, 0);

    /** A position in the first time point and channel. */
    public static Point zyx(long z, long y, long x) {
        return new Point(0, 0, z, y, x);
    }

    public long along(Axis axis) {
        return switch (axis) {
            case T -> t;
            case C -> c;
            case Z -> z;
            case Y -> y;
            case X -> x;
        };
    }

    /**
     * The point moved by {@code distance}.
     *
     * @throws ArithmeticException if a coordinate leaves the range of a long
     */
    public Point plus(Point distance) {
        return new Point(
                Math.addExact(t, distance.t),
                Math.addExact(c, distance.c),
                Math.addExact(z, distance.z),
                Math.addExact(y, distance.y),
                Math.addExact(x, distance.x));
    }

    /**
     * The distance from {@code other} to this point.
     *
     * @throws ArithmeticException if a coordinate leaves the range of a long
     */
    public Point minus(Point other) {
        return new Point(
                Math.subtractExact(t, other.t),
                Math.subtractExact(c, other.c),
                Math.subtractExact(z, other.z),
                Math.subtractExact(y, other.y),
                Math.subtractExact(x, other.x));
    }

    @Override
    public String toString() {
        return "(t=" + t + ", c=" + c + ", z=" + z + ", y=" + y + ", x=" + x + ")";
    }
}
