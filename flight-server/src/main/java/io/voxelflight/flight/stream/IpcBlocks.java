package io.voxelflight.flight.stream;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.model.BlockShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/**
 * What stands around the voxels of a block stream in Arrow's IPC stream format: the schema, then before each block its message
 * and small columns, then padding behind it, and the end. The voxels are not copied: they go in between.
 */
public final class IpcBlocks {
    private static final int CONTINUATION = 0xFFFFFFFF;
    private static final int IPC_ALIGNMENT = 8;

    private final byte[] schema;
    private final byte[] header;
    private final int padding;

    private final int blockBytes;

    /** @param level scale level */
    public IpcBlocks(Dataset dataset, int level, BlockShape block) {
        blockBytes = block.voxels() * dataset.elementType().bytes();
        padding = -blockBytes & (IPC_ALIGNMENT - 1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            MessageSerializer.serialize(
                    new WriteChannel(Channels.newChannel(bytes)),
                    BlockSchema.of(dataset, level, block),
                    IpcOption.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        schema = bytes.toByteArray();
        ByteBuffer metadata =
                BlockFrames.metadata(block.voxels(), blockBytes, BlockFrames.COLUMN_BYTES + blockBytes + padding);
        int length = (metadata.remaining() + IPC_ALIGNMENT - 1) & -IPC_ALIGNMENT;
        header = new byte[2 * Integer.BYTES + length];
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(CONTINUATION)
                .putInt(length)
                .put(metadata);
    }

    public ByteBuffer schema() {
        return ByteBuffer.wrap(schema);
    }

    /** What stands before a block's voxels. */
    public ByteBuffer before(PlannedBlock block) {
        ByteBuffer bytes = ByteBuffer.allocate(header.length + BlockFrames.COLUMN_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(header)
                .putLong(block.origin().t())
                .putLong(block.origin().c())
                .putLong(block.origin().z())
                .putLong(block.origin().y())
                .putLong(block.origin().x())
                .putLong(block.validZ())
                .putLong(block.validY())
                .putLong(block.validX());
        return bytes.flip();
    }

    /** What stands behind them; may be empty. */
    public ByteBuffer behind() {
        return ByteBuffer.allocate(padding);
    }

    public static ByteBuffer end() {
        return ByteBuffer.allocate(2 * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(CONTINUATION)
                .putInt(0)
                .flip();
    }

    /** The bytes of an answer of so many blocks. */
    public long bytes(long blocks) {
        return schema.length
                + blocks * ((long) header.length + BlockFrames.COLUMN_BYTES + blockBytes + padding)
                + 2 * Integer.BYTES;
    }
}
