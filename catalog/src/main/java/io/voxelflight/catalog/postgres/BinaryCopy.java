package io.voxelflight.catalog.postgres;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Rows in PostgreSQL's binary COPY format, written field by field.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, binary format</a>
 */
final class BinaryCopy {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int INT4_OID = 23;

    private final DataOutputStream out;

    /** @param out buffered by its owner */
    BinaryCopy(OutputStream out) throws IOException {
        this.out = new DataOutputStream(out);
        this.out.write(SIGNATURE);
        this.out.writeInt(0); // flags
        this.out.writeInt(0); // length of the header extension
    }

    void row(int fields) throws IOException {
        out.writeShort(fields);
    }

    void int4(int value) throws IOException {
        out.writeInt(Integer.BYTES);
        out.writeInt(value);
    }

    void int8(long value) throws IOException {
        out.writeInt(Long.BYTES);
        out.writeLong(value);
    }

    void float8(@Nullable Double value) throws IOException {
        if (value == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(Double.BYTES);
            out.writeDouble(value);
        }
    }

    void int4Array(int @Nullable [] values) throws IOException {
        if (values == null) {
            out.writeInt(-1);
            return;
        }
        out.writeInt(20 + values.length * 2 * Integer.BYTES);
        out.writeInt(1); // dimensions
        out.writeInt(0); // has nulls
        out.writeInt(INT4_OID);
        out.writeInt(values.length);
        out.writeInt(1); // lower bound
        for (int value : values) {
            int4(value);
        }
    }

    void jsonb(String json) throws IOException {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        out.writeInt(1 + text.length);
        out.writeByte(1); // version of the format
        out.write(text);
    }

    /** Ends the stream of rows; the underlying stream stays open. */
    void finish() throws IOException {
        out.writeShort(-1);
        out.flush();
    }
}
