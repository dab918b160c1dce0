package io.voxelflight.ingestion.source.array;

import java.nio.ByteBuffer;

/**
 * The stored pieces of an array that is cut into a regular grid: chunks, tiles, strips. Safe for many threads.
 *
 * <p>A unit is named by its place in the grid, in the order of the stored axes. All units have the full unit's shape in
 * memory, those at the edge too; what lies over the edge is never looked at.
 */
public interface Units extends AutoCloseable {
    /** Whether anything is stored for a unit; if not it is fill value. */
    boolean isStored(long[] unit);

    /** Decodes a stored unit into {@code destination}: little-endian, last stored axis fastest. */
    void decode(long[] unit, ByteBuffer destination);

    /**
     * Where a stored unit begins in the file if it lies there as it is in memory, apart from the byte order, so that parts of it
     * can be read alone; -1 if it does not.
     */
    long rawPosition(long[] unit);

    @Override
    void close();
}
