package io.voxelflight.blockio.encode;

import java.nio.ByteBuffer;

/** One object being written from front to back: visible under its key only once committed, and then whole and durable. */
public interface ObjectWriter extends AutoCloseable {
    /** Appends all remaining bytes. */
    void append(ByteBuffer bytes);

    /** Bytes appended so far. */
    long position();

    void commit();

    /** Drops the object if it was not committed. */
    @Override
    void close();
}
