package io.voxelflight.flight.plan;

import io.voxelflight.model.Point;

/**
 * One block of an answer.
 *
 * @param origin the first voxel, which may lie before the volume's first
 * @param validZ voxels along z that count, from the first that lies in the volume on; likewise y and x
 */
public record PlannedBlock(Point origin, int validZ, int validY, int validX) {}
