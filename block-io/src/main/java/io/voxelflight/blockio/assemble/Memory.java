package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.decode.Scratch;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** One buffer of an allocator, lent as a {@link ByteBuffer} until it is closed. */
final class Memory implements Scratch.Lease {
    private final BufferAllocator allocator;

    @Nullable
    private ArrowBuf buffer;

    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

    Memory(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes the memory; once. */
    ByteBuffer take(long size) {
        if (buffer != null) {
            throw new IllegalStateException("room was taken before");
        }
        buffer = Buffers.allocate(allocator, size, "stored bytes");
        bytes = buffer.nioBuffer(0, Math.toIntExact(size));
        return bytes;
    }

    /** Gives the memory that was taken to the caller, who closes it. */
    ArrowBuf detach() {
        ArrowBuf mine = buffer;
        if (mine == null) {
            throw new IllegalStateException("no room was taken");
        }
        buffer = null;
        return mine;
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.close();
            buffer = null;
        }
    }

    /** Leases of an allocator. */
    record Leases(BufferAllocator allocator) implements Scratch {
        @Override
        public Lease lease(long size) {
            Memory memory = new Memory(allocator);
            memory.take(size);
            return memory;
        }
    }
}
