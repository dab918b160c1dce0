package io.voxelflight.model;

/** What the voxels mean, which decides how a pyramid is made and what its chunks count. */
public enum VolumeKind {
    /** Intensities: a coarser voxel is the mean. */
    IMAGE,
    /** Object or class numbers: a coarser voxel is the mode; numbers are never blended. */
    LABELS
}
