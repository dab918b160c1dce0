package io.voxelflight.ingestion.source;

import io.voxelflight.model.Box;
import org.apache.arrow.memory.ArrowBuf;

/** A foreign volume, opened for reading by many threads at once. Holds no more than its named limit in memory. */
public interface VolumeSource extends AutoCloseable {
    SourceDescription description();

    /**
     * Reads {@code box}, which must lie inside the volume, into {@code destination} from byte 0 on: C order of
     * (t, c, z, y, x), little-endian.
     *
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA naming the file and the place in it; UNSUPPORTED naming
     *     what is not supported; UNAVAILABLE on an I/O error
     */
    void read(Box box, ArrowBuf destination);

    @Override
    void close();
}
