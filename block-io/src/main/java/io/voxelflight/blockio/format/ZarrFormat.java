package io.voxelflight.blockio.format;

/** The versions of Zarr that are written, each with the version of OME-Zarr that is built on it. */
public enum ZarrFormat {
    /** OME-Zarr 0.4: older readers know it. */
    V2("0.4"),
    /** OME-Zarr 0.5: shards and checksums. */
    V3("0.5");

    private final String omeVersion;

    ZarrFormat(String omeVersion) {
        this.omeVersion = omeVersion;
    }

    /** The version of OME-Zarr, as its metadata says it. */
    public String omeVersion() {
        return omeVersion;
    }
}
