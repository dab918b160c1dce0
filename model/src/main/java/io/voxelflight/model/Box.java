package io.voxelflight.model;

/**
 * A half-open box of voxels, {@code start} included and {@code stop} excluded, in (t, c, z, y, x) order.
 *
 * @throws IllegalArgumentException if {@code stop} lies before {@code start} on an axis
 */
public record Box(Point start, Point stop) {
    public Box {
        for (Axis axis : Axis.values()) {
            if (stop.along(axis) < start.along(axis)) {
                throw new IllegalArgumentException(
                        "box from " + start + " to " + stop + " ends before it starts on axis " + axis.letter());
            }
        }
    }

    /** The box of size {@code extent} whose first voxel is {@code start}. */
    public static Box at(Point start, Extent extent) {
        return new Box(start, start.plus(new Point(extent.t(), extent.c(), extent.z(), extent.y(), extent.x())));
    }

    /** The box of one block: one time point and channel, {@code shape} voxels in space. */
    public static Box at(Point start, BlockShape shape) {
        return at(start, shape.extent());
    }

    /** The whole of a volume. */
    public static Box of(Extent extent) {
        return at(Point.ORIGIN, extent);
    }

    public Extent extent() {
        Point size = stop.minus(start);
        return new Extent(size.t(), size.c(), size.z(), size.y(), size.x());
    }

    public boolean isEmpty() {
        return extent().isEmpty();
    }

    public boolean contains(Box other) {
        return other.isEmpty() || intersection(other).equals(other);
    }

    /** The part that both boxes share; an empty box at the larger start if they share nothing. */
    public Box intersection(Box other) {
        long[] from = new long[5];
        long[] to = new long[5];
        for (Axis axis : Axis.values()) {
            int i = axis.ordinal();
            from[i] = Math.max(start.along(axis), other.start.along(axis));
            to[i] = Math.max(from[i], Math.min(stop.along(axis), other.stop.along(axis)));
        }
        return new Box(
                new Point(from[0], from[1], from[2], from[3], from[4]), new Point(to[0], to[1], to[2], to[3], to[4]));
    }

    public Box shift(Point distance) {
        return new Box(start.plus(distance), stop.plus(distance));
    }

    @Override
    public String toString() {
        return "[" + start + " to " + stop + ")";
    }
}
