package io.voxelflight.flight.http.answer;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Buffers as they are: the voxels go from where they were read to into the socket. */
public final class BufferBody implements Body {
    private final List<ByteBuffer> buffers;
    private final Runnable release;
    private int next;

    /** @param release run once when the buffers are no longer needed */
    public BufferBody(List<ByteBuffer> buffers, Runnable release) {
        this.buffers = buffers;
        this.release = release;
    }

    public static BufferBody of(ByteBuffer bytes) {
        return new BufferBody(List.of(bytes), () -> {});
    }

    @Override
    public @Nullable ByteBuffer next() {
        while (next < buffers.size()) {
            ByteBuffer buffer = buffers.get(next++);
            if (buffer.hasRemaining()) {
                return buffer;
            }
        }
        return null;
    }

    @Override
    public void close() {
        release.run();
    }
}
