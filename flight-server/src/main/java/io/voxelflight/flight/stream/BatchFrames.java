package io.voxelflight.flight.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** Makes messages of schemas and of record batches of any kind. */
final class BatchFrames {
    /** Below that, copying a buffer beside its neighbours costs less than another piece for the network to gather. */
    private static final int SMALL_BYTES = 4096;

    private static final long MOST_BYTES = Integer.MAX_VALUE - (1 << 20);

    private BatchFrames() {}

    static Frame schema(Schema schema, IpcOption option) {
        return new Frame(FlightDataHeader.metadataOnly(MessageSerializer.serializeMetadata(schema, option)));
    }

    /** A message that carries nothing but application metadata. */
    static Frame metadataOnly(byte[] appMetadata) {
        return new Frame(FlightDataHeader.appMetadataOnly(ByteBuffer.wrap(appMetadata)));
    }

    /**
     * A batch as a message.
     *
     * @param batch becomes the frame's
     * @param byReference large buffers are sent as they are, and must not be written to any more; else all is copied now
     */
    static Frame batch(ArrowRecordBatch batch, byte[] appMetadata, IpcOption option, boolean byReference) {
        List<ByteBuf> parts = new ArrayList<>();
        try {
            long body = batch.computeBodyLength();
            if (body > MOST_BYTES) {
                throw new ServiceException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        "a record batch of " + body + " bytes is larger than a message can be: send smaller batches");
            }
            ByteBuffer metadata = MessageSerializer.serializeMetadata(batch, option);
            gather(batch, metadata, appMetadata, (int) body, byReference ? SMALL_BYTES : Integer.MAX_VALUE, parts);
            if (!byReference) {
                Frame frame = new Frame(parts.get(0));
                batch.close();
                return frame;
            }
            return new Frame(new LentBuffers(parts, batch::close));
        } catch (RuntimeException e) {
            parts.forEach(ByteBuf::release);
            batch.close();
            throw e;
        }
    }

    /** Fills {@code parts} with header and body; buffers of {@code large} bytes and more are not copied. */
    private static void gather(
            ArrowRecordBatch batch, ByteBuffer metadata, byte[] appMetadata, int body, int large, List<ByteBuf> parts) {
        ByteBuf open = FlightDataHeader.before(metadata, appMetadata, body, Math.min(body, large));
        parts.add(open);
        long position = 0;
        List<ArrowBuffer> layout = batch.getBuffersLayout();
        for (int i = 0; i < layout.size(); i++) {
            ArrowBuf buffer = batch.getBuffers().get(i);
            int gap = (int) (layout.get(i).getOffset() - position);
            int size = (int) layout.get(i).getSize();
            position = layout.get(i).getOffset() + size;
            if (open == null && gap + size > 0) {
                open = PooledByteBufAllocator.DEFAULT.directBuffer(SMALL_BYTES);
                parts.add(open);
            }
            if (open == null) {
                continue; // an empty buffer
            }
            open.writeZero(gap);
            if (size < large) {
                open.writeBytes(buffer.nioBuffer(0, size));
            } else {
                parts.add(Unpooled.wrappedBuffer(buffer.nioBuffer(0, size)));
                open = null;
            }
        }
        int tail = (int) (body - position);
        if (tail > 0) {
            if (open == null) {
                open = PooledByteBufAllocator.DEFAULT.directBuffer(tail);
                parts.add(open);
            }
            open.writeZero(tail);
        }
    }
}
