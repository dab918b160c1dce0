package io.voxelflight.flight.stream;

import com.google.flatbuffers.FlatBufferBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.voxelflight.flight.plan.PlannedBlock;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/**
 * Makes the messages of a block stream. All blocks of a shape and type have the same header, so it is built once and
 * copied; behind it come the 64 bytes of the eight small columns, then the block's own buffer, by reference.
 */
final class BlockFrames {
    /** t, c, z, y, x of 8 bytes, valid_z, valid_y, valid_x of 4 bytes in a slot of 8. */
    static final int COLUMN_BYTES = 64;

    private static final int LONG_COLUMNS = 5;
    private static final int INT_COLUMNS = 3;
    private static final int IPC_ALIGNMENT = 8;

    private final byte[] header;
    private final int blockBytes;
    private final int padding;

    /**
     * @param voxels of one block
     * @param blockBytes of one block
     */
    BlockFrames(int voxels, int blockBytes) {
        this.blockBytes = blockBytes;
        this.padding = -blockBytes & (IPC_ALIGNMENT - 1);
        int body = COLUMN_BYTES + blockBytes + padding;
        ByteBuf bytes = FlightDataHeader.before(metadata(voxels, blockBytes, body), new byte[0], body, 0);
        this.header = new byte[bytes.readableBytes()];
        bytes.readBytes(header);
        bytes.release();
    }

    /** What Arrow's format says of a batch of one block, whose body has {@code body} bytes. */
    static ByteBuffer metadata(int voxels, int blockBytes, int body) {
        FlatBufferBuilder builder = new FlatBufferBuilder(1024);
        // flatbuffers are built back to front
        RecordBatch.startBuffersVector(builder, 2 * (LONG_COLUMNS + INT_COLUMNS) + 3);
        Buffer.createBuffer(builder, COLUMN_BYTES, blockBytes); // voxels
        Buffer.createBuffer(builder, COLUMN_BYTES, 0); // validity of the voxels: none
        Buffer.createBuffer(builder, COLUMN_BYTES, 0); // validity of the tensor: none
        for (int column = LONG_COLUMNS + INT_COLUMNS - 1; column >= 0; column--) {
            Buffer.createBuffer(builder, 8L * column, column < LONG_COLUMNS ? 8 : 4);
            Buffer.createBuffer(builder, 8L * column, 0);
        }
        int buffers = builder.endVector();
        RecordBatch.startNodesVector(builder, LONG_COLUMNS + INT_COLUMNS + 2);
        FieldNode.createFieldNode(builder, voxels, 0);
        for (int column = 0; column < LONG_COLUMNS + INT_COLUMNS + 1; column++) {
            FieldNode.createFieldNode(builder, 1, 0);
        }
        int nodes = builder.endVector();
        RecordBatch.startRecordBatch(builder);
        RecordBatch.addLength(builder, 1);
        RecordBatch.addNodes(builder, nodes);
        RecordBatch.addBuffers(builder, buffers);
        int batch = RecordBatch.endRecordBatch(builder);
        return MessageSerializer.serializeMessage(builder, MessageHeader.RecordBatch, batch, body, IpcOption.DEFAULT);
    }

    /**
     * One block as a message.
     *
     * @param tensor becomes the frame's
     * @param returned runs once when the frame's memory was given back
     */
    Frame frame(PlannedBlock block, ArrowBuf tensor, Runnable returned) {
        ByteBuf front = PooledByteBufAllocator.DEFAULT.directBuffer(header.length + COLUMN_BYTES);
        front.writeBytes(header);
        front.writeLongLE(block.origin().t());
        front.writeLongLE(block.origin().c());
        front.writeLongLE(block.origin().z());
        front.writeLongLE(block.origin().y());
        front.writeLongLE(block.origin().x());
        front.writeLongLE(block.validZ());
        front.writeLongLE(block.validY());
        front.writeLongLE(block.validX());
        ByteBuf voxels = Unpooled.wrappedBuffer(tensor.nioBuffer(0, blockBytes));
        Runnable release = () -> {
            tensor.close();
            returned.run();
        };
        List<ByteBuf> parts = padding == 0
                ? List.of(front, voxels)
                : List.of(
                        front,
                        voxels,
                        PooledByteBufAllocator.DEFAULT.directBuffer(padding).writeZero(padding));
        return new Frame(new LentBuffers(parts, release));
    }
}
