package io.voxelflight.ingestion.source.nifti;

import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.model.Box;
import org.apache.arrow.memory.ArrowBuf;

/** A volume that is read from a decompressed copy, which goes when the volume is closed. */
record GzipVolume(VolumeSource volume, GzipImage image) implements VolumeSource {
    @Override
    public SourceDescription description() {
        return volume.description();
    }

    @Override
    public void read(Box box, ArrowBuf destination) {
        volume.read(box, destination);
    }

    @Override
    public void close() {
        try {
            volume.close();
        } finally {
            image.delete();
        }
    }
}
