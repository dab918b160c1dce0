package io.voxelflight.flight.http.zarr;

import io.voxelflight.blockio.format.VolumeMetadata.Translation;
import io.voxelflight.blockio.format.ZarrFormat;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.BlockGrid;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One scale level as the view shows it.
 *
 * @param grid of its chunks
 * @param fillValue one voxel, little-endian
 * @param translation of the first voxel's centre; null if unknown
 * @param forms of its chunks in each format
 */
record ViewedLevel(
        Level level,
        BlockGrid grid,
        byte[] fillValue,
        @Nullable Translation translation,
        Map<ZarrFormat, ChunkForm> forms) {
    ChunkForm form(ZarrFormat format) {
        ChunkForm form = forms.get(format);
        if (form == null) {
            throw new IllegalStateException("no form in " + format);
        }
        return form;
    }
}
