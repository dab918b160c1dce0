package io.voxelflight.ingestion.source.array;

import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.model.Box;
import io.voxelflight.model.Point;
import org.apache.arrow.memory.ArrowBuf;

/** A volume whose voxels lie uncompressed in one piece of a file, in any order of axes and bytes. */
public final class RawVolume implements VolumeSource {
    private final SourceDescription description;
    private final SourceFile file;
    private final long position;
    private final long[] strides;
    private final RawReader reader;

    /**
     * @param file this volume's to close
     * @param position of the first voxel
     * @param strides bytes between neighbours in the file, in (t, c, z, y, x) order
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA if the file ends before the last voxel
     */
    public RawVolume(SourceDescription description, SourceFile file, long position, long[] strides, boolean bigEndian) {
        int bytes = description.elementType().bytes();
        file.requireInside(
                position,
                description.extent().voxels() * bytes,
                "the voxels (" + description.extent() + " of "
                        + description.elementType().numpyName() + ")");
        this.description = description;
        this.file = file;
        this.position = position;
        this.strides = strides.clone();
        this.reader = new RawReader(file, bytes, bigEndian, new Scratch());
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    @Override
    public void read(Box box, ArrowBuf destination) {
        int bytes = description.elementType().bytes();
        long[] size = Boxes.check(box, description.extent(), bytes, destination);
        if (box.isEmpty()) {
            return;
        }
        Point start = box.start();
        long first = position
                + start.t() * strides[0]
                + start.c() * strides[1]
                + start.z() * strides[2]
                + start.y() * strides[3]
                + start.x() * strides[4];
        reader.read(first, strides, destination.memoryAddress(), Strided.packed(size, bytes), size);
    }

    @Override
    public void close() {
        file.close();
    }
}
