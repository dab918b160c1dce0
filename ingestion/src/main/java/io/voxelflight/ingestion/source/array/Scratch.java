package io.voxelflight.ingestion.source.array;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/** Direct working memory of the threads that read a source, kept for the next read. */
public final class Scratch {
    /** Buffers kept while nobody uses them: about as many as threads read at once. */
    private static final int KEPT = 16;

    /** Larger buffers than this are not kept. */
    private static final int KEPT_BYTES = 16 << 20;

    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    /** Working memory of at least {@code bytes}, limit set to that; give it back with {@link #giveBack}. */
    public ByteBuffer take(int bytes) {
        synchronized (free) {
            for (var each = free.iterator(); each.hasNext(); ) {
                ByteBuffer buffer = each.next();
                if (buffer.capacity() >= bytes) {
                    each.remove();
                    return buffer.clear().limit(bytes);
                }
            }
        }
        int rounded = bytes <= 1 << 16 ? 1 << 16 : bytes <= KEPT_BYTES ? Integer.highestOneBit(bytes - 1) << 1 : bytes;
        return ByteBuffer.allocateDirect(rounded).order(ByteOrder.LITTLE_ENDIAN).limit(bytes);
    }

    public void giveBack(ByteBuffer buffer) {
        if (buffer.capacity() > KEPT_BYTES) {
            return;
        }
        synchronized (free) {
            free.addFirst(buffer);
            if (free.size() > KEPT) {
                free.removeLast();
            }
        }
    }
}
