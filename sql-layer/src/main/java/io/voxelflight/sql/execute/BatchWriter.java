package io.voxelflight.sql.execute;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Gathers rows into batches bounded in rows and bytes. */
final class BatchWriter {
    /** The first batch is small, so that small results cost little memory and first rows come early. */
    private static final int FIRST_BATCH_ROWS = 256;

    private final VectorSchemaRoot root;
    private final ResultSink sink;
    private final ResultLimits limits;
    private final ColumnWriter[] writers;
    private int capacity = FIRST_BATCH_ROWS;
    private int rows;
    private long bytes;
    private long total;
    private boolean sent;

    BatchWriter(PreparedQuery query, VectorSchemaRoot root, ResultSink sink, ResultLimits limits) {
        this.root = root;
        this.sink = sink;
        this.limits = limits;
        this.writers = new ColumnWriter[query.columns().size()];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = ColumnWriters.of(query.columns().get(i), root.getVector(i));
        }
        allocate();
    }

    void row(byte[] message, int offset) throws IOException {
        if (++total > limits.maxRows()) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "the result has more than " + limits.maxRows() + " rows: add WHERE or LIMIT, or aggregate");
        }
        int size = message.length - offset;
        if (size > limits.maxRowBytes()) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "row " + total + " of the result has " + size + " bytes, more than " + limits.maxRowBytes()
                            + ": select fewer columns");
        }
        if (rows == capacity || (rows > 0 && bytes + size > limits.batchBytes())) {
            send();
            capacity = limits.batchRows();
            allocate();
        }
        int fields = BigEndian.int2(message, offset);
        if (fields != writers.length) {
            throw new IOException("a row of " + fields + " fields where " + writers.length + " were announced");
        }
        int at = offset + Short.BYTES;
        for (ColumnWriter writer : writers) {
            int length = BigEndian.int4(message, at);
            at += Integer.BYTES;
            if (length < 0) {
                writer.writeNull(rows);
            } else {
                writer.write(rows, message, at, length);
                at += length;
            }
        }
        rows++;
        bytes += size;
    }

    /** Sends what is left, or an empty batch if there was none. */
    long finish() {
        if (rows > 0 || !sent) {
            send();
        }
        return total;
    }

    private void send() {
        root.setRowCount(rows);
        sink.batch();
        root.clear();
        rows = 0;
        bytes = 0;
        sent = true;
    }

    private void allocate() {
        for (FieldVector vector : root.getFieldVectors()) {
            vector.setInitialCapacity(capacity);
            vector.allocateNew();
        }
    }
}
