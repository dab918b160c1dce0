package io.voxelflight.sql.flightsql;

import com.google.protobuf.ByteString;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What a ticket or prepared statement stands for: the statement itself and the values bound to it. The client carries
 * it, so every replica can serve it and nothing is kept between calls. It needs no signature: whoever may send it may
 * send the statement as well, and it is checked again when it comes back.
 *
 * @param run names the run that a ticket stands for, by which it is polled and cancelled; of a prepared statement it
 *     means nothing
 * @param parameters an Arrow IPC stream, a row for each run, with one field for each parameter; empty if nothing is bound
 */
record StatementHandle(UUID run, String statement, byte[] parameters) {
    private static final byte VERSION = 2;
    private static final int HEADER = 1 + 2 * Long.BYTES + Integer.BYTES;

    private static final UUID NO_RUN = new UUID(0, 0);

    static StatementHandle of(String statement) {
        return new StatementHandle(NO_RUN, statement, new byte[0]);
    }

    /** The same statement with the same values, to be run. */
    StatementHandle toRun() {
        return new StatementHandle(UUID.randomUUID(), statement, parameters);
    }

    StatementHandle bind(byte[] values) {
        return new StatementHandle(run, statement, values);
    }

    boolean isBound() {
        return parameters.length > 0;
    }

    ByteString encode() {
        byte[] text = statement.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + text.length + parameters.length);
        bytes.put(VERSION)
                .putLong(run.getMostSignificantBits())
                .putLong(run.getLeastSignificantBits())
                .putInt(text.length)
                .put(text)
                .put(parameters)
                .flip();
        return ByteString.copyFrom(bytes);
    }

    /** @throws ServiceException INVALID_ARGUMENT for bytes that no server of this version made */
    static StatementHandle decode(ByteString handle) {
        ByteBuffer bytes = handle.asReadOnlyByteBuffer();
        if (bytes.remaining() < HEADER || bytes.get() != VERSION) {
            throw unknown();
        }
        UUID run = new UUID(bytes.getLong(), bytes.getLong());
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw unknown();
        }
        byte[] text = new byte[length];
        bytes.get(text);
        byte[] parameters = new byte[bytes.remaining()];
        bytes.get(parameters);
        return new StatementHandle(run, new String(text, StandardCharsets.UTF_8), parameters);
    }

    private static ServiceException unknown() {
        return new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                "the statement's handle was not made by this version of the server: prepare the statement again");
    }
}
