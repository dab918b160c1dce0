package io.voxelflight.ingestion.run;

import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Point;
import org.apache.arrow.memory.ArrowBuf;

/** A region between its first read and its last chunk. Guarded by the lock of {@link RegionQueue}, the buffer's content apart. */
final class OpenRegion {
    final long number;
    final Box box;
    final ArrowBuf voxels;
    final int chunks;
    private final BlockShape chunk;
    private final int elementBytes;
    private final int readPlanes;

    /** First plane (z) that no read covers yet. */
    private long nextPlane;

    int readsRunning;
    int chunksBegun;
    int chunksDone;

    /** @param readPlanes planes of a read, from multiples of this number on */
    OpenRegion(long number, Box box, ArrowBuf voxels, BlockShape chunk, int elementBytes, int readPlanes) {
        this.number = number;
        this.box = box;
        this.voxels = voxels;
        this.chunk = chunk;
        this.elementBytes = elementBytes;
        this.readPlanes = readPlanes;
        this.chunks = (int) (count(box.extent().z(), chunk.z())
                * count(box.extent().y(), chunk.y())
                * count(box.extent().x(), chunk.x()));
        this.nextPlane = box.start().z();
    }

    boolean hasReads() {
        return nextPlane < box.stop().z();
    }

    boolean hasChunks() {
        return !hasReads() && readsRunning == 0 && chunksBegun < chunks;
    }

    /** The next part to read. */
    Box takeRead() {
        long from = nextPlane;
        nextPlane = Math.min((from / readPlanes + 1) * readPlanes, box.stop().z());
        Point start = box.start();
        Point stop = box.stop();
        return new Box(
                new Point(start.t(), start.c(), from, start.y(), start.x()),
                new Point(stop.t(), stop.c(), nextPlane, stop.y(), stop.x()));
    }

    /** Where a part lies in the buffer, in bytes. */
    long offset(Box part) {
        return (part.start().z() - box.start().z())
                * box.extent().y()
                * box.extent().x()
                * elementBytes;
    }

    long bytes(Box part) {
        return part.extent().voxels() * elementBytes;
    }

    /** Chunk number {@code number} of this region, as its place in the volume. */
    BlockIndex chunk(int number) {
        long countY = count(box.extent().y(), chunk.y());
        long countX = count(box.extent().x(), chunk.x());
        return new BlockIndex(
                box.start().t(),
                box.start().c(),
                box.start().z() / chunk.z() + number / (countX * countY),
                box.start().y() / chunk.y() + number / countX % countY,
                box.start().x() / chunk.x() + number % countX);
    }

    private static long count(long length, int side) {
        return (length + side - 1) / side;
    }
}
