package io.voxelflight.sql.print;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/** An Arrow IPC stream. */
final class ArrowPrinter implements ResultPrinter {
    private final OutputStream stream;
    private final WriteChannel out;
    private boolean begun;

    ArrowPrinter(OutputStream out) {
        this.stream = out;
        this.out = new WriteChannel(Channels.newChannel(out));
    }

    @Override
    public void batch(VectorSchemaRoot root) throws IOException {
        if (!begun) {
            begun = true;
            MessageSerializer.serialize(out, root.getSchema());
        }
        if (root.getRowCount() > 0) {
            try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
                MessageSerializer.serialize(out, batch);
            }
        }
    }

    @Override
    public void end(boolean cut) throws IOException {
        out.writeIntLittleEndian(MessageSerializer.IPC_CONTINUATION_TOKEN);
        out.writeIntLittleEndian(0);
        stream.flush();
    }
}
