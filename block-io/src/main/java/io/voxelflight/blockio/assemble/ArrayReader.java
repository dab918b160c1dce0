package io.voxelflight.blockio.assemble;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Read access to one stored array (one scale level) as blocks of decoded voxels in C order, little-endian. Safe for use
 * by many threads at once.
 */
public interface ArrayReader {
    /** Size in voxels, (t, c, z, y, x). */
    Extent extent();

    ElementType elementType();

    /** The shape of what is decoded as one piece: the inner chunk of a shard, else the chunk. */
    BlockShape chunkShape();

    /** Whether blocks come from a store where a request takes long: then many should be read side by side. */
    boolean isRemote();

    /** Bytes that a decoded chunk takes; one may span several t and c. */
    default long chunkBytes() {
        return (long) chunkShape().voxels() * elementType().bytes();
    }

    /** One fill value voxel, {@code elementType().bytes()} bytes in little-endian order. Do not modify. */
    byte[] fillValue();

    /**
     * The block of {@code shape} voxels whose first voxel is {@code origin}. What lies outside the array is fill value.
     * The origin may lie anywhere for which the block and the array share a voxel. A block that is exactly one cached
     * chunk is that chunk's buffer, without a copy: do not write to the result.
     *
     * @param allocator accounts for the result; the caller owns it and must close it exactly once
     * @param tally counts the chunks that it is cut from
     * @return a buffer of {@code shape.voxels() * elementType().bytes()} bytes
     * @throws io.voxelflight.model.ServiceException INVALID_ARGUMENT if the block lies outside the array; CORRUPT_DATA,
     *     UNSUPPORTED or UNAVAILABLE naming the object that could not be read or decoded; CANCELLED
     */
    ArrowBuf readBlock(
            Point origin, BlockShape shape, BufferAllocator allocator, Cancellation cancellation, ReadTally tally);

    /** As above, for who does not count. */
    default ArrowBuf readBlock(Point origin, BlockShape shape, BufferAllocator allocator, Cancellation cancellation) {
        return readBlock(origin, shape, allocator, cancellation, new ReadTally());
    }

    /**
     * Reads {@code box}, which must lie inside the array, into {@code destination} from byte 0 on, in C order of
     * (t, c, z, y, x), without keeping chunks in the cache that were not there.
     */
    void readBox(Box box, ArrowBuf destination, Cancellation cancellation);

    /** Its chunks as they are stored; empty if nothing is stored as chunks. */
    default Optional<StoredChunks> storedChunks() {
        return Optional.empty();
    }

    /** The part of a block that lies inside the array. */
    default Box validBox(Point origin, BlockShape shape) {
        return Box.at(origin, shape).intersection(Box.of(extent()));
    }
}
