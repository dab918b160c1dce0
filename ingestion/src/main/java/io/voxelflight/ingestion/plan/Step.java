package io.voxelflight.ingestion.plan;

/**
 * How many voxels of the next finer level one voxel spans along each axis.
 *
 * @throws IllegalArgumentException if a factor is neither 1 nor 2
 */
public record Step(int z, int y, int x) {
    public Step {
        if (z < 1 || z > 2 || y < 1 || y > 2 || x < 1 || x > 2) {
            throw new IllegalArgumentException("a step of " + z + "x" + y + "x" + x + " is not of ones and twos");
        }
    }
}
