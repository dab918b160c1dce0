package io.voxelflight.sql.execute;

import java.io.IOException;

/** Writes values of PostgreSQL's binary format into one Arrow vector. */
interface ColumnWriter {
    /**
     * Writes a value that is not NULL.
     *
     * @param row in the batch
     * @param bytes a message that holds the value at offset, length bytes
     * @throws IOException if the bytes are no such value, or Arrow has no room for it
     */
    void write(int row, byte[] bytes, int offset, int length) throws IOException;

    void writeNull(int row);
}
