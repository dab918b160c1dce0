package io.voxelflight.flight.ticket;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import org.jspecify.annotations.Nullable;

/**
 * A request for blocks as a client wrote it: well formed, but not yet compared with any dataset.
 *
 * @param level scale level, 0 the finest
 * @param block the tensor shape asked for; null if that is left to us
 */
public record BlockRequest(
        DatasetName dataset, int level, @Nullable BlockShape block, Selection selection) {
    /** Which blocks. */
    public sealed interface Selection {}

    /** All blocks of the grid that begins at voxel 0. */
    public record Grid() implements Selection {}

    /** One block at each origin, in this order. */
    public record At(Origins origins) implements Selection {}

    /** Blocks whose valid parts cover the box exactly once. */
    public record Within(Box box) implements Selection {}
}
