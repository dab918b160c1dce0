package io.voxelflight.flight.plan;

import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;

/** Some of the blocks into which a box is cut from its first voxel on, in C order. A whole volume is a box too. */
final class RangeOfGrid implements BlockSequence {
    private final Box box;
    private final BlockGrid grid;
    private final long first;
    private final long count;

    RangeOfGrid(Box box, BlockShape block, long first, long count) {
        this.box = box;
        this.grid = new BlockGrid(box.extent(), block);
        this.first = first;
        this.count = count;
    }

    static long blocks(Box box, BlockShape block) {
        return new BlockGrid(box.extent(), block).size();
    }

    @Override
    public long size() {
        return count;
    }

    @Override
    public PlannedBlock at(long i) {
        Point inBox = grid.origin(grid.index(first + i));
        Extent valid =
                Box.at(inBox, grid.block()).intersection(Box.of(grid.volume())).extent();
        return new PlannedBlock(box.start().plus(inBox), (int) valid.z(), (int) valid.y(), (int) valid.x());
    }
}
