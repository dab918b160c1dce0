package io.voxelflight.flight.ticket;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import java.time.Instant;
import java.util.UUID;

/**
 * The right to fetch one stream of blocks: everything that is needed to make it, so that no server has to remember it.
 *
 * @param flight the answer of which this is a part; by it a flight is cancelled
 * @param caller the id of whom it was given to: nobody else may use it
 * @param dataset the dataset's id: a dataset made anew under the same name is another one
 * @param expires whole seconds
 */
public record BlockTicket(
        UUID flight,
        String caller,
        UUID dataset,
        DatasetName name,
        int level,
        BlockShape block,
        Instant expires,
        Part part) {
    /** Which blocks. */
    public sealed interface Part {}

    /** Blocks {@code first} to {@code first + count} of the grid, numbered in C order. */
    public record GridRange(long first, long count) implements Part {}

    /** Pieces {@code first} to {@code first + count} of a box cut along every axis, numbered in C order. */
    public record BoxRange(Box box, long first, long count) implements Part {}

    /** One block at each origin, in this order. */
    public record OriginList(Origins origins) implements Part {}
}
