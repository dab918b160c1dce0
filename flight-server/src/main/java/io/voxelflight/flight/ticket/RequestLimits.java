package io.voxelflight.flight.ticket;

import io.voxelflight.model.BlockShape;

/**
 * What a request may ask for, checked before anything is allocated for it.
 *
 * @param commandBytes length of a command
 * @param origins number of origins in one command
 * @param blockSide longest side of a block
 * @param ticketBytes length of a ticket
 */
public record RequestLimits(int commandBytes, int origins, int blockSide, int ticketBytes) {
    public static final RequestLimits DEFAULT = new RequestLimits(16 << 20, 1 << 18, BlockShape.MAX_SIDE, 1 << 20);
}
