package io.voxelflight.flight.access;

import java.util.Locale;

/** A way into the server, by which usage is told apart. */
public enum Door {
    /** Blocks over Flight. */
    FLIGHT,
    /** Statements, over Flight SQL or HTTP. */
    SQL,
    /** Metadata and blocks over HTTP. */
    HTTP,
    /** The Zarr view. */
    ZARR;

    /** As it is written in tables and logs. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
