package io.voxelflight.ingestion.source.tiff;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.VoxelSize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a file's description says of how its pages make a volume.
 *
 * @param writer for provenance: {@code ImageJ}, {@code OME-XML}, {@code tifffile} or {@code plain}
 * @param axes along which pages lie, slowest first
 * @param lengths of those axes
 * @param pages the page of each place, last axis fastest; null: page i is at place i
 * @param voxelSize null if not said
 * @param metadata what else it says
 */
record StackAxes(
        String writer,
        List<Axis> axes,
        long[] lengths,
        int @Nullable [] pages,
        @Nullable VoxelSize voxelSize,
        ObjectNode metadata) {
    long places() {
        double product = 1;
        for (long length : lengths) {
            product *= length;
        }
        return product > Integer.MAX_VALUE ? Long.MAX_VALUE : (long) product;
    }
}
