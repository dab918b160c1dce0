package io.voxelflight.flight.plan;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.ticket.BlockTicket;
import io.voxelflight.model.BlockShape;
import java.util.List;

/**
 * The answer to a request.
 *
 * @param parts what the endpoints shall fetch, in order
 * @param blocks of all parts
 */
public record FlightPlan(Dataset dataset, Level level, BlockShape block, List<BlockTicket.Part> parts, long blocks) {
    /** Bytes of all tensors. */
    public long bytes() {
        return blocks * block.voxels() * dataset.elementType().bytes();
    }
}
