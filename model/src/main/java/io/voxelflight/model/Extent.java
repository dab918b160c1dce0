package io.voxelflight.model;

/**
 * The size of a volume in voxels along (t, c, z, y, x); missing axes have length 1.
 *
 * @throws IllegalArgumentException if a length is negative or the number of voxels leaves the range of a long
 */
public record Extent(long t, long c, long z, long y, long x) {
    public Extent {
        if (t < 0 || c < 0 || z < 0 || y < 0 || x < 0) {
            throw new IllegalArgumentException(
                    "extent (" + t + ", " + c + ", " + z + ", " + y + ", " + x + ") has a negative length");
        }
        try {
            multiply(t, c, z, y, x);
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "extent (" + t + ", " + c + ", " + z + ", " + y + ", " + x + ") holds more than 2^63 voxels",
                    overflow);
        }
    }

    /** A volume of one time point and one channel. */
    public static Extent zyx(long z, long y, long x) {
        return new Extent(1, 1, z, y, x);
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

    /** The number of voxels. */
    public long voxels() {
        return multiply(t, c, z, y, x);
    }

    public boolean isEmpty() {
        return t == 0 || c == 0 || z == 0 || y == 0 || x == 0;
    }

    private static long multiply(long t, long c, long z, long y, long x) {
        if (t == 0 || c == 0 || z == 0 || y == 0 || x == 0) {
            return 0;
        }
        return Math.multiplyExact(Math.multiplyExact(Math.multiplyExact(t, c), z), Math.multiplyExact(y, x));
    }

    /** For messages: {@code 1x1x260x330x300}. */
    @Override
    public String toString() {
        return t + "x" + c + "x" + z + "x" + y + "x" + x;
    }
}
