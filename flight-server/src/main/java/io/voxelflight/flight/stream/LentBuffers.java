package io.voxelflight.flight.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;

/**
 * Direct buffers one behind the other, some of them memory that is only lent: when Netty has written the last byte, or
 * dropped it, {@code returned} runs once. Until then what was lent must not be touched.
 */
final class LentBuffers extends CompositeByteBuf {
    private final Runnable returned;
    private boolean done;

    /** @param parts become this buffer's */
    LentBuffers(List<ByteBuf> parts, Runnable returned) {
        // Netty puts small frames before large ones into one composite: without a bound on components it never merges
        // them by copying
        super(PooledByteBufAllocator.DEFAULT, true, Integer.MAX_VALUE, parts);
        this.returned = returned;
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        if (!done) {
            done = true;
            returned.run();
        }
    }
}
