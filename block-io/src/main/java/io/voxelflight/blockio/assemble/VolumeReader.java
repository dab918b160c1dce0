package io.voxelflight.blockio.assemble;

import java.util.List;

/** A stored volume, opened: its scale levels, the finest first. Closing it releases files; the cache drops its chunks. */
public interface VolumeReader extends AutoCloseable {
    List<ArrayReader> levels();

    @Override
    void close();
}
