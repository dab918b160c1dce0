package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.format.VolumeMetadata;
import java.util.List;

/** A stored volume, opened: its scale levels, the finest first. Closing it releases files; the cache drops its chunks. */
public interface VolumeReader extends AutoCloseable {
    /** What its metadata says. */
    VolumeMetadata metadata();

    List<ArrayReader> levels();

    @Override
    void close();
}
