package io.voxelflight.sql.tensor;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.Point;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Reads the blocks of one level of one dataset; by many threads at once. */
public interface TensorReader extends AutoCloseable {
    /**
     * Reads one block in the column's shape, C order, little-endian; what lies beyond the volume's edge is fill value.
     *
     * @param origin first voxel, inside the volume
     * @return the caller's to close
     */
    ArrowBuf read(Point origin, BufferAllocator allocator, Cancellation cancellation);

    /** When no read is under way any more. */
    @Override
    void close();
}
