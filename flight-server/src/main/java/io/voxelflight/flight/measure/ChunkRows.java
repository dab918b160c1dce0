package io.voxelflight.flight.measure;

import io.voxelflight.catalog.api.ChunkIndex;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Box;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The chunks of a level that share a voxel with a box: those that the index has answered for, and the others. */
final class ChunkRows {
    private final BlockGrid grid;
    private final Box box;
    private final BlockIndex first;
    private final Extent counts;
    private final BitSet answered;

    /** @throws ServiceException INVALID_ARGUMENT for more chunks than the limit */
    ChunkRows(Level level, Box box, MeasureLimits limits) {
        this.grid = new BlockGrid(level.extent(), level.chunk());
        this.box = box;
        this.first = grid.at(box.start());
        BlockIndex last = grid.at(box.stop().minus(new Point(1, 1, 1, 1, 1)));
        this.counts = new Extent(
                last.t() - first.t() + 1,
                last.c() - first.c() + 1,
                last.z() - first.z() + 1,
                last.y() - first.y() + 1,
                last.x() - first.x() + 1);
        if (counts.voxels() > limits.chunks()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "box " + box + " has " + counts.voxels() + " chunks, at most " + limits.chunks()
                            + " are looked at: ask for a smaller box, or a coarser level");
        }
        this.answered = new BitSet((int) counts.voxels());
    }

    /** The voxels that a row is about. */
    static Box boxOf(ChunkRow row) {
        return Box.at(row.origin(), new Extent(1, 1, row.sizeZ(), row.sizeY(), row.sizeX()));
    }

    /**
     * Asks the index.
     *
     * @param answers whether a row says all that is wanted of its chunk; each chunk is asked about once
     */
    void read(ChunkIndex index, Dataset dataset, Level level, Predicate<ChunkRow> answers) {
        index.chunks(dataset.id(), level.level(), box, row -> {
            BlockIndex at = grid.at(row.origin());
            // a row that is not of this grid, or not whole, is as good as none
            if (grid.validBox(at).equals(boxOf(row)) && !answered.get(ordinal(at)) && answers.test(row)) {
                answered.set(ordinal(at));
            }
        });
    }

    long answered() {
        return answered.cardinality();
    }

    /** The parts inside of the box of all chunks that the index has not answered for. */
    void others(Consumer<Box> each) {
        int all = (int) counts.voxels();
        for (int i = answered.nextClearBit(0); i < all; i = answered.nextClearBit(i + 1)) {
            each.accept(grid.validBox(index(i)).intersection(box));
        }
    }

    private int ordinal(BlockIndex at) {
        long t = at.t() - first.t();
        long c = t * counts.c() + at.c() - first.c();
        long z = c * counts.z() + at.z() - first.z();
        long y = z * counts.y() + at.y() - first.y();
        return (int) (y * counts.x() + at.x() - first.x());
    }

    private BlockIndex index(int ordinal) {
        long rest = ordinal;
        final long x = rest % counts.x();
        rest /= counts.x();
        final long y = rest % counts.y();
        rest /= counts.y();
        final long z = rest % counts.z();
        rest /= counts.z();
        return new BlockIndex(
                first.t() + rest / counts.c(),
                first.c() + rest % counts.c(),
                first.z() + z,
                first.y() + y,
                first.x() + x);
    }
}
