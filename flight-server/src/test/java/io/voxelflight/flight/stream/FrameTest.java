package io.voxelflight.flight.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.model.Point;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    private final AtomicInteger returned = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 105, 4096, 2 << 20, (16 << 20) + 3})
    void aBlockFrameIsAFlightDataMessageWithAnAlignedBody(int bytes) throws Exception {
        ArrowBuf tensor = memory.allocator().buffer(bytes);
        for (int i = 0; i < bytes; i++) {
            tensor.setByte(i, (byte) (i * 31));
        }
        Frame frame = new BlockFrames(bytes, bytes)
                .frame(new PlannedBlock(new Point(1, 2, -3, 4, 5), 6, 7, 8), tensor, returned::incrementAndGet);
        ByteBuf message = frame.take();
        FlightData data = FlightData.parseFrom(ByteBufUtil.getBytes(message));
        int padded = (bytes + 7) / 8 * 8;
        assertThat(data.getDataBody().size()).isEqualTo(64 + padded);
        assertThat((message.readableBytes() - data.getDataBody().size()) % 64).isZero();
        for (int i = 0; i < padded; i++) {
            assertThat(data.getDataBody().byteAt(64 + i)).isEqualTo(i < bytes ? (byte) (i * 31) : 0);
        }
        assertThat(returned).hasValue(0);
        message.release();
        assertThat(returned).hasValue(1);
    }

    @Test
    void theBlocksMemoryItselfIsSent() {
        ArrowBuf tensor = memory.allocator().buffer(1 << 20);
        long address = tensor.memoryAddress();
        try (Frame frame = new BlockFrames(1 << 20, 1 << 20)
                .frame(new PlannedBlock(Point.ORIGIN, 1, 1, 1), tensor, returned::incrementAndGet)) {
            ByteBuf message = frame.take();
            assertThat(message.isDirect()).isTrue();
            assertThat(message.nioBufferCount()).isEqualTo(2);
            assertThat(((io.netty.buffer.CompositeByteBuf) message).component(1).memoryAddress())
                    .isEqualTo(address);
            message.release();
        }
        assertThat(returned).hasValue(1);
    }

    @Test
    void aFrameThatIsNotSentGivesItsMemoryBack() {
        ArrowBuf tensor = memory.allocator().buffer(100);
        Frame frame = new BlockFrames(100, 100)
                .frame(new PlannedBlock(Point.ORIGIN, 1, 1, 1), tensor, returned::incrementAndGet);
        frame.close();
        frame.close();
        assertThat(returned).hasValue(1);
    }

    /** The marshaller on a stream that is not gRPC's copies, and counts it: the counter can rise. */
    @Test
    void aCopyIsCounted() throws Exception {
        FrameCounters counters = new FrameCounters();
        ArrowBuf tensor = memory.allocator().buffer(100);
        Frame frame = new BlockFrames(100, 100)
                .frame(new PlannedBlock(Point.ORIGIN, 1, 1, 1), tensor, returned::incrementAndGet);
        int length = frame.length();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (java.io.InputStream stream = new FrameMarshaller(counters).stream(frame)) {
            ((io.grpc.Drainable) stream).drainTo(out);
        }
        assertThat(out.size()).isEqualTo(length);
        assertThat(counters.copied()).isEqualTo(1);
        assertThat(counters.direct()).isZero();
        assertThat(returned).hasValue(1);
    }
}
