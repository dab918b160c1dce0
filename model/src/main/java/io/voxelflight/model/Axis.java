package io.voxelflight.model;

import java.util.Locale;

/** The five axes of a volume, slowest first. */
public enum Axis {
    T,
    C,
    Z,
    Y,
    X;

    /** The axis' name as OME-Zarr and Arrow's {@code dim_names} write it: one small letter. */
    public String letter() {
        return name().toLowerCase(Locale.ROOT);
    }
}
