package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;

/** Lends direct buffers for what lies between two steps of a codec chain; accounted for and bounded by who gives it. */
public interface Scratch {
    /** A buffer until it is closed. */
    interface Lease extends AutoCloseable {
        /** Direct, of exactly the bytes asked for, at position 0. */
        ByteBuffer bytes();

        @Override
        void close();
    }

    /**
     * Lends a buffer.
     *
     * @throws io.voxelflight.model.ServiceException RESOURCE_EXHAUSTED if there is no room
     */
    Lease lease(long bytes);
}
