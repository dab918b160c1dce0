package io.voxelflight.sql.print;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Writes one result: {@link #batch} for each batch, then {@link #end}. Not for several threads. */
public interface ResultPrinter {
    /**
     * Writes the rows of a batch.
     *
     * @param root of the same schema each time; may be empty, so that a result without rows has its header too
     * @throws IOException if nobody reads the output any more
     */
    void batch(VectorSchemaRoot root) throws IOException;

    /**
     * Writes what ends the result, and flushes.
     *
     * @param cut whether there were more rows than were to be written
     */
    void end(boolean cut) throws IOException;
}
