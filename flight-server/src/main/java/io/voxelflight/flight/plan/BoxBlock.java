package io.voxelflight.flight.plan;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Extent;

/**
 * Chooses the tensor shape for a box when the client left it to us. A box whose chunks all lie (nearly) inside it is cut
 * along them, so that they go out without a copy; any other is cut into equal pieces of about a chunk, so that hardly a
 * voxel travels that was not asked for.
 */
final class BoxBlock {
    /** Messages of 2 to 8 MiB travel best; a box up to this size is one. */
    private static final long GOOD_BYTES = 2 << 20;

    private static final long MOST_BYTES = 8 << 20;
    private static final int USUAL_SIDE = BlockShape.DEFAULT.z();

    /** How much more than the box may travel for the sake of whole chunks. */
    private static final double WASTE = 1.15;

    private BoxBlock() {}

    static BlockShape choose(Box box, BlockShape chunk, int elementBytes) {
        Extent size = box.extent();
        if (size.isEmpty()) {
            return BlockShape.DEFAULT;
        }
        long chunkBytes = (long) chunk.voxels() * elementBytes;
        if (fits(size) && size.z() * size.y() * size.x() * elementBytes <= GOOD_BYTES) {
            return new BlockShape((int) size.z(), (int) size.y(), (int) size.x());
        }
        if (chunkBytes >= GOOD_BYTES / 8
                && chunkBytes <= MOST_BYTES
                && fits(chunk.extent())
                && onChunks(box, chunk)
                && travelling(size, chunk) <= WASTE * size.z() * size.y() * size.x()) {
            return chunk;
        }
        return equalPieces(size, elementBytes);
    }

    private static BlockShape equalPieces(Extent size, int elementBytes) {
        long[] sides = {Math.min(size.z(), USUAL_SIDE), Math.min(size.y(), USUAL_SIDE), Math.min(size.x(), USUAL_SIDE)};
        long[] lengths = {size.z(), size.y(), size.x()};
        boolean grown = true;
        while (grown) { // a thin box gets long pieces, along x first
            grown = false;
            for (int axis = 2; axis >= 0; axis--) {
                long wider = Math.min(Math.min(sides[axis] * 2, lengths[axis]), BlockShape.MAX_SIDE);
                long bytes = sides[0] * sides[1] * sides[2] / sides[axis] * wider * elementBytes;
                if (wider > sides[axis] && bytes <= GOOD_BYTES) {
                    sides[axis] = wider;
                    grown = true;
                }
            }
        }
        for (int axis = 0; axis < 3; axis++) {
            long pieces = ceilDiv(lengths[axis], sides[axis]);
            sides[axis] = ceilDiv(lengths[axis], pieces);
        }
        return new BlockShape((int) sides[0], (int) sides[1], (int) sides[2]);
    }

    private static boolean fits(Extent size) {
        return size.z() <= BlockShape.MAX_SIDE && size.y() <= BlockShape.MAX_SIDE && size.x() <= BlockShape.MAX_SIDE;
    }

    private static boolean onChunks(Box box, BlockShape chunk) {
        return box.start().z() % chunk.z() == 0
                && box.start().y() % chunk.y() == 0
                && box.start().x() % chunk.x() == 0;
    }

    private static double travelling(Extent size, BlockShape chunk) {
        return (double) ceilDiv(size.z(), chunk.z())
                * ceilDiv(size.y(), chunk.y())
                * ceilDiv(size.x(), chunk.x())
                * chunk.voxels();
    }

    private static long ceilDiv(long length, long side) {
        return length / side + (length % side == 0 ? 0 : 1);
    }
}
