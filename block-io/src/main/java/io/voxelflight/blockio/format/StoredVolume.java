package io.voxelflight.blockio.format;

import java.util.List;

/** What lies at a place: a volume, or several of which one must be named. */
public sealed interface StoredVolume {
    /** One volume. */
    record One(VolumeMetadata metadata) implements StoredVolume {}

    /**
     * Several volumes: the series of a converted file, the fields of a plate, the images of a container.
     *
     * @param what it is, as people name it: {@code OME-Zarr plate}
     * @param paths of the volumes below this place
     */
    record Many(String what, List<String> paths) implements StoredVolume {
        public Many {
            paths = List.copyOf(paths);
        }
    }
}
