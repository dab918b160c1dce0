package io.voxelflight.model;

/**
 * The size in voxels (z, y, x) of a block or chunk: one time point of one channel.
 *
 * @throws IllegalArgumentException if a side is less than 1 or the block holds more than 2^31 - 1 voxels
 */
public record BlockShape(int z, int y, int x) {
    /** The block of the service unless asked otherwise. */
    public static final BlockShape DEFAULT = new BlockShape(128, 128, 128);

    /** The longest side of a block that may be asked for. */
    public static final int MAX_SIDE = 512;

    public BlockShape {
        if (z < 1 || y < 1 || x < 1) {
            throw new IllegalArgumentException("block shape " + z + "x" + y + "x" + x + " has a side below 1");
        }
        if ((double) z * y * x > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "block shape " + z + "x" + y + "x" + x + " holds more than 2^31-1 voxels");
        }
    }

    public int voxels() {
        return z * y * x;
    }

    public Extent extent() {
        return Extent.zyx(z, y, x);
    }

    /** For messages and settings: {@code 128x128x128}. */
    @Override
    public String toString() {
        return z + "x" + y + "x" + x;
    }
}
