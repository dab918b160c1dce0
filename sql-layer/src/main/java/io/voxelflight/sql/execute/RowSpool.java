package io.voxelflight.sql.execute;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * Keeps all rows of a result, so that the database is done before the voxels are read: a client may take hours over
 * those.
 */
final class RowSpool implements ResultSink, AutoCloseable {
    private final long limitBytes;
    private final List<ArrowRecordBatch> batches = new ArrayList<>();
    private long bytes;

    @SuppressWarnings("NullAway.Init")
    private VectorSchemaRoot root;

    /** @param limitBytes of all rows */
    RowSpool(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    @Override
    public void begin(VectorSchemaRoot announced) {
        root = announced;
    }

    @Override
    public void batch() {
        ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch();
        batches.add(batch);
        bytes += batch.computeBodyLength();
        if (bytes > limitBytes) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "the rows of a result with tensors have more than " + limitBytes
                            + " bytes without the voxels: add WHERE or LIMIT, or select fewer columns");
        }
    }

    /** What came, in order. Stays the spool's. */
    List<ArrowRecordBatch> batches() {
        return batches;
    }

    @Override
    public void close() {
        batches.forEach(ArrowRecordBatch::close);
    }
}
