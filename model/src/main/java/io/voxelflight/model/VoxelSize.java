package io.voxelflight.model;

/**
 * The edge lengths of a voxel in nanometres along (z, y, x).
 *
 * @throws IllegalArgumentException if a length is not a positive finite number
 */
public record VoxelSize(double z, double y, double x) {
    public VoxelSize {
        if (!(z > 0 && y > 0 && x > 0) || Double.isInfinite(z) || Double.isInfinite(y) || Double.isInfinite(x)) {
            throw new IllegalArgumentException(
                    "voxel size (" + z + ", " + y + ", " + x + ") nm is not positive and finite on every axis");
        }
    }

    public double along(Axis axis) {
        return switch (axis) {
            case Z -> z;
            case Y -> y;
            case X -> x;
            case T, C -> throw new IllegalArgumentException("a voxel has no length along " + axis.letter());
        };
    }

    /** The voxel of a level whose voxels hold {@code factorZ * factorY * factorX} of these. */
    public VoxelSize times(double factorZ, double factorY, double factorX) {
        return new VoxelSize(z * factorZ, y * factorY, x * factorX);
    }
}
