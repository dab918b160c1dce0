package io.voxelflight.sql.execute;

import org.apache.arrow.vector.VectorSchemaRoot;

/** Takes a result batch by batch, on the thread that executes the statement. */
public interface ResultSink {
    /** Called once before any batch. The root stays the executor's; every batch comes in it. */
    void begin(VectorSchemaRoot root);

    /**
     * Called when the root holds a batch. It may wait until the receiver can take more. The batch's buffers are released
     * afterwards and never written again, so whoever still needs them retains them.
     */
    void batch();
}
