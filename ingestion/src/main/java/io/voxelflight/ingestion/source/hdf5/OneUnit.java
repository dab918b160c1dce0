package io.voxelflight.ingestion.source.hdf5;

import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.Units;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A dataset whose voxels lie in its header as one unit, or nowhere. */
final class OneUnit implements Units {
    private final SourceFile file;
    private final @Nullable ByteBuffer voxels;

    /** @param voxels little-endian; null if nothing is stored */
    OneUnit(SourceFile file, @Nullable ByteBuffer voxels) {
        this.file = file;
        this.voxels = voxels;
    }

    @Override
    public boolean isStored(long[] unit) {
        return voxels != null;
    }

    @Override
    public void decode(long[] unit, ByteBuffer destination) {
        if (voxels != null) {
            destination.put(voxels.duplicate());
        }
    }

    @Override
    public long rawPosition(long[] unit) {
        return -1;
    }

    @Override
    public void close() {
        file.close();
    }
}
