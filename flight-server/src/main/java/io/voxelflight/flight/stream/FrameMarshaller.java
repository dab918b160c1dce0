package io.voxelflight.flight.stream;

import io.grpc.Drainable;
import io.grpc.MethodDescriptor.Marshaller;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.arrow.flight.grpc.AddWritableBuffer;

/**
 * Hands frames to gRPC by reference. The stream must not be a {@code KnownLength}: for those gRPC copies into buffers of
 * its own.
 */
final class FrameMarshaller implements Marshaller<Frame> {
    private final FrameCounters counters;

    FrameMarshaller(FrameCounters counters) {
        this.counters = counters;
    }

    @Override
    public InputStream stream(Frame frame) {
        return new FrameStream(frame.take(), counters);
    }

    @Override
    public Frame parse(InputStream stream) {
        throw new UnsupportedOperationException("a server does not receive the messages of DoGet");
    }

    private static final class FrameStream extends ByteBufInputStream implements Drainable {
        private final ByteBuf bytes;
        private final FrameCounters counters;
        private boolean closed;

        FrameStream(ByteBuf bytes, FrameCounters counters) {
            super(bytes, bytes.readableBytes(), false);
            this.bytes = bytes;
            this.counters = counters;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int length = bytes.readableBytes();
            counters.count(AddWritableBuffer.add(bytes, target, true), length);
            return length;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                bytes.release();
            }
        }
    }
}
