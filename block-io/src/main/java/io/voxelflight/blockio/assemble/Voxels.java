package io.voxelflight.blockio.assemble;

import io.voxelflight.model.Box;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.MemoryUtil;

/** Copies and fills parts of buffers that hold boxes of voxels in C order. */
final class Voxels {
    private Voxels() {}

    /**
     * Copies the voxels of {@code box} from one buffer to another.
     *
     * @param box absolute coordinates, inside both {@code from} and {@code to}
     * @param from the box that {@code source} holds from byte 0 on
     * @param to the box that {@code destination} holds from byte 0 on
     */
    static void copy(Box box, ArrowBuf source, Box from, ArrowBuf destination, Box to, int elementBytes) {
        source.checkBytes(0, from.extent().voxels() * elementBytes);
        copy(box, source.memoryAddress(), from, destination, to, elementBytes);
    }

    /** Likewise, from memory at an address that holds all of {@code from}. */
    static void copy(Box box, long source, Box from, ArrowBuf destination, Box to, int elementBytes) {
        Extent size = box.extent();
        Extent fromSize = from.extent();
        Extent toSize = to.extent();
        Point inSource = box.start().minus(from.start());
        Point inDestination = box.start().minus(to.start());
        destination.checkBytes(0, toSize.voxels() * elementBytes);
        long row = size.x() * elementBytes;
        long rows = size.y();
        boolean wholeRows = size.x() == fromSize.x() && size.x() == toSize.x();
        if (wholeRows) { // neighbouring rows lie together in both: one copy for a plane
            row *= rows;
            rows = 1;
        }
        long sourceStride = fromSize.x() * elementBytes;
        long destinationStride = toSize.x() * elementBytes;
        for (long t = 0; t < size.t(); t++) {
            for (long c = 0; c < size.c(); c++) {
                for (long z = 0; z < size.z(); z++) {
                    long a = source + offset(inSource, fromSize, t, c, z) * elementBytes;
                    long b = destination.memoryAddress() + offset(inDestination, toSize, t, c, z) * elementBytes;
                    for (long y = 0; y < rows; y++) {
                        MemoryUtil.copyMemory(a, b, row);
                        a += sourceStride;
                        b += destinationStride;
                    }
                }
            }
        }
    }

    /**
     * Fills the voxels of {@code box}.
     *
     * @param box absolute coordinates, inside {@code whole}, which {@code destination} holds from byte 0 on
     */
    static void fill(ArrowBuf destination, Box whole, Box box, byte[] value) {
        Extent size = box.extent();
        Extent wholeSize = whole.extent();
        Point first = box.start().minus(whole.start());
        boolean wholeRows = size.x() == wholeSize.x();
        long run = wholeRows ? size.y() * size.x() : size.x();
        for (long t = 0; t < size.t(); t++) {
            for (long c = 0; c < size.c(); c++) {
                for (long z = 0; z < size.z(); z++) {
                    long start = offset(first, wholeSize, t, c, z);
                    for (long y = 0; y < (wholeRows ? 1 : size.y()); y++) {
                        fillRun(destination, start + y * wholeSize.x(), run, value);
                    }
                }
            }
        }
    }

    /** Fills what lies in {@code whole}, which {@code destination} holds, but not in {@code valid}. */
    static void fillOutside(ArrowBuf destination, Box whole, Box valid, byte[] value) {
        Extent size = whole.extent();
        if (valid.isEmpty()) {
            fillRun(destination, 0, size.voxels(), value);
            return;
        }
        Point from = valid.start().minus(whole.start());
        Point to = valid.stop().minus(whole.start());
        for (long t = 0; t < size.t(); t++) {
            for (long c = 0; c < size.c(); c++) {
                boolean tc = t >= from.t() && t < to.t() && c >= from.c() && c < to.c();
                for (long z = 0; z < size.z(); z++) {
                    long plane = ((t * size.c() + c) * size.z() + z) * size.y() * size.x();
                    if (!tc || z < from.z() || z >= to.z()) {
                        fillRun(destination, plane, size.y() * size.x(), value);
                        continue;
                    }
                    fillRun(destination, plane, from.y() * size.x(), value);
                    for (long y = from.y(); y < to.y() && (from.x() > 0 || to.x() < size.x()); y++) {
                        fillRun(destination, plane + y * size.x(), from.x(), value);
                        fillRun(destination, plane + y * size.x() + to.x(), size.x() - to.x(), value);
                    }
                    fillRun(destination, plane + to.y() * size.x(), (size.y() - to.y()) * size.x(), value);
                }
            }
        }
    }

    private static void fillRun(ArrowBuf destination, long firstVoxel, long voxels, byte[] value) {
        if (voxels == 0) {
            return;
        }
        long start = firstVoxel * value.length;
        long bytes = voxels * value.length;
        destination.checkBytes(start, start + bytes);
        if (isUniform(value)) {
            MemoryUtil.setMemory(destination.memoryAddress() + start, bytes, value[0]);
            return;
        }
        destination.setBytes(start, value);
        long filled = value.length;
        while (filled < bytes) { // doubles what is there
            long more = Math.min(filled, bytes - filled);
            MemoryUtil.copyMemory(
                    destination.memoryAddress() + start, destination.memoryAddress() + start + filled, more);
            filled += more;
        }
    }

    private static boolean isUniform(byte[] value) {
        for (byte b : value) {
            if (b != value[0]) {
                return false;
            }
        }
        return true;
    }

    private static long offset(Point first, Extent size, long t, long c, long z) {
        return ((((first.t() + t) * size.c() + first.c() + c) * size.z() + first.z() + z) * size.y() + first.y())
                        * size.x()
                + first.x();
    }
}
