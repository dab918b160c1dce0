package io.voxelflight.blockio.decode;

import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The header before the data of an N5 block: mode and number of dimensions in 2 bytes each, then the block's length along
 * each, the fastest first, in 4 bytes each; all big-endian.
 *
 * @see <a href="https://github.com/saalfeldlab/n5">N5's file-system specification</a>
 */
final class N5BlockHeader {
    private static final int DEFAULT_MODE = 0;

    private final List<Axis> axes;

    /** @param axes slowest first */
    N5BlockHeader(List<Axis> axes) {
        this.axes = List.copyOf(axes);
    }

    private int bytes() {
        return 4 + 4 * axes.size();
    }

    Extent extent(ByteBuffer stored, Extent largest, String place) {
        ByteBuffer header = stored.slice().order(ByteOrder.BIG_ENDIAN);
        if (header.remaining() < bytes()) {
            throw ChunkDecoder.corrupt(
                    place,
                    "has " + header.remaining() + " bytes, the header of an N5 block alone takes " + bytes(),
                    null);
        }
        int mode = header.getShort() & 0xffff;
        int dimensions = header.getShort() & 0xffff;
        if (mode != DEFAULT_MODE || dimensions != axes.size()) {
            throw ChunkDecoder.corrupt(
                    place,
                    "is an N5 block of mode " + mode + " and " + dimensions + " dimensions, mode 0 and " + axes.size()
                            + " dimensions are expected",
                    null);
        }
        Map<Axis, Long> lengths = new EnumMap<>(Axis.class);
        for (int i = axes.size() - 1; i >= 0; i--) {
            long length = header.getInt() & 0xffffffffL;
            if (length == 0 || length > largest.along(axes.get(i))) {
                throw ChunkDecoder.corrupt(
                        place,
                        "has a block of " + length + " voxels along "
                                + axes.get(i).letter() + ", blocks of this array have " + largest.along(axes.get(i)),
                        null);
            }
            lengths.put(axes.get(i), length);
        }
        return new Extent(
                lengths.getOrDefault(Axis.T, 1L),
                lengths.getOrDefault(Axis.C, 1L),
                lengths.getOrDefault(Axis.Z, 1L),
                lengths.getOrDefault(Axis.Y, 1L),
                lengths.getOrDefault(Axis.X, 1L));
    }

    /** What follows the header. */
    ByteBuffer body(ByteBuffer stored) {
        return stored.slice(stored.position() + bytes(), stored.remaining() - bytes());
    }
}
