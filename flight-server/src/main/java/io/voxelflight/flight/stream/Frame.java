package io.voxelflight.flight.stream;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One Flight message, serialized, as a chain of direct buffers. Owned by whoever holds it until {@link #take} hands it
 * to gRPC or {@link #close} drops it; closing after taking does nothing.
 */
final class Frame implements AutoCloseable {
    private final ByteBuf bytes;
    private final AtomicBoolean taken = new AtomicBoolean();

    /** @param bytes becomes the frame's */
    Frame(ByteBuf bytes) {
        this.bytes = bytes;
    }

    int length() {
        return bytes.readableBytes();
    }

    /** The bytes, which are the caller's from now on. */
    ByteBuf take() {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException("the frame was sent already");
        }
        return bytes;
    }

    @Override
    public void close() {
        if (taken.compareAndSet(false, true)) {
            bytes.release();
        }
    }
}
