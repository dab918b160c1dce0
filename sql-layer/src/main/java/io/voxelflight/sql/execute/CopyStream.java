package io.voxelflight.sql.execute;

import java.io.IOException;
import java.sql.SQLException;
import org.postgresql.copy.CopyOut;

/**
 * Rows of a binary COPY; each arrives as one message.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, binary format</a>
 */
final class CopyStream {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int HEADER = 19;

    private final CopyOut copy;
    private byte[] bytes = new byte[0];
    private int offset;
    private boolean begun;

    CopyStream(CopyOut copy) {
        this.copy = copy;
    }

    /** Moves to the next row; false at the end. */
    boolean next() throws SQLException, IOException {
        while (true) {
            byte[] message = copy.readFromCopy();
            if (message == null) {
                return false;
            }
            bytes = message;
            offset = begun ? 0 : header();
            begun = true;
            if (offset < bytes.length && BigEndian.int2(bytes, offset) >= 0) {
                return true; // not the header alone, and not the trailer
            }
        }
    }

    /** The message that holds the row. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the row begins: the number of its fields. */
    int offset() {
        return offset;
    }

    private int header() throws IOException {
        for (int i = 0; i < SIGNATURE.length; i++) {
            if (bytes.length < HEADER || bytes[i] != SIGNATURE[i]) {
                throw new IOException("the database did not answer in COPY's binary format");
            }
        }
        return HEADER + BigEndian.int4(bytes, HEADER - Integer.BYTES);
    }
}
