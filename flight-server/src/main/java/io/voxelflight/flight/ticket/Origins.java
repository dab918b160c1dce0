package io.voxelflight.flight.ticket;

import io.voxelflight.model.Point;
import java.util.Arrays;

/** A list of block origins, in the order in which they were asked for; 40 bytes each. */
public final class Origins {
    static final int AXES = 5;

    private final long[] coordinates;

    private Origins(long[] coordinates) {
        this.coordinates = coordinates;
    }

    public int size() {
        return coordinates.length / AXES;
    }

    public Point at(int i) {
        int from = i * AXES;
        return new Point(
                coordinates[from],
                coordinates[from + 1],
                coordinates[from + 2],
                coordinates[from + 3],
                coordinates[from + 4]);
    }

    /** The {@code count} origins from number {@code first} on. */
    public Origins part(int first, int count) {
        return new Origins(Arrays.copyOfRange(coordinates, first * AXES, (first + count) * AXES));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Origins origins && Arrays.equals(coordinates, origins.coordinates);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(coordinates);
    }

    @Override
    public String toString() {
        return size() + " origins";
    }

    /** Collects origins one by one. */
    public static final class Builder {
        private long[] coordinates = new long[16 * AXES];
        private int length;

        public Builder add(Point origin) {
            if (length == coordinates.length) {
                coordinates = Arrays.copyOf(coordinates, length * 2);
            }
            coordinates[length++] = origin.t();
            coordinates[length++] = origin.c();
            coordinates[length++] = origin.z();
            coordinates[length++] = origin.y();
            coordinates[length++] = origin.x();
            return this;
        }

        public int size() {
            return length / AXES;
        }

        public Origins build() {
            return new Origins(Arrays.copyOf(coordinates, length));
        }
    }
}
