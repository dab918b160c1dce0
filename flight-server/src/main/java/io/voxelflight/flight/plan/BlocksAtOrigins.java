package io.voxelflight.flight.plan;

import io.voxelflight.flight.ticket.Origins;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;

/** Blocks at given origins, in their order. */
final class BlocksAtOrigins implements BlockSequence {
    private final Origins origins;
    private final BlockShape block;
    private final Extent volume;

    BlocksAtOrigins(Origins origins, BlockShape block, Extent volume) {
        this.origins = origins;
        this.block = block;
        this.volume = volume;
    }

    @Override
    public long size() {
        return origins.size();
    }

    @Override
    public PlannedBlock at(long i) {
        Point origin = origins.at((int) i);
        Extent valid = valid(origin);
        return new PlannedBlock(origin, (int) valid.z(), (int) valid.y(), (int) valid.x());
    }

    /** Refuses the first origin whose block has no voxel of the volume. */
    void check() {
        for (int i = 0; i < origins.size(); i++) {
            Point origin = origins.at(i);
            if (valid(origin).isEmpty()) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "origin " + i + " " + origin + ": a block of " + block
                                + " there has no voxel in common with the volume of " + volume
                                + " voxels (t, c, z, y, x)");
            }
        }
    }

    private Extent valid(Point origin) {
        try {
            return Box.at(origin, block).intersection(Box.of(volume)).extent();
        } catch (ArithmeticException beyondLong) {
            return Extent.zyx(0, 0, 0);
        }
    }
}
