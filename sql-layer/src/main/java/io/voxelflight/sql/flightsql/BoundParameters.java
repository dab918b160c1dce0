package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.execute.Literals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Field;

/** Values bound to a prepared statement: from the client's stream into its handle, and from there to literals. */
final class BoundParameters {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_ROWS = 1024;

    private BoundParameters() {}

    /**
     * Reads what a client binds.
     *
     * @return an Arrow IPC stream; empty if the client sent no row
     */
    static byte[] read(FlightStream stream, List<ColumnType> types) {
        VectorSchemaRoot root = stream.getRoot();
        check(root, types);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int rows = 0;
        try (ArrowStreamWriter writer =
                new ArrowStreamWriter(root, stream.getDictionaryProvider(), Channels.newChannel(bytes))) {
            writer.start();
            while (stream.next()) {
                rows += root.getRowCount();
                if (rows > MAX_ROWS) {
                    throw new ServiceException(
                            ErrorCode.RESOURCE_EXHAUSTED,
                            "more than " + MAX_ROWS + " rows of parameters are bound: bind fewer at a time");
                }
                literals(root, types); // what cannot be bound is refused here, not at the first run
                writer.writeBatch();
                if (bytes.size() > MAX_BYTES) {
                    throw new ServiceException(
                            ErrorCode.RESOURCE_EXHAUSTED,
                            "the parameters have more than " + MAX_BYTES + " bytes: bind shorter values");
                }
            }
            writer.end();
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "the parameters cannot be read: " + e.getMessage(), e);
        }
        return rows == 0 ? new byte[0] : bytes.toByteArray();
    }

    /** For each run of a statement the literals of its parameters. */
    static List<List<String>> literals(StatementHandle handle, List<ColumnType> types, BufferAllocator allocator) {
        if (!handle.isBound()) {
            if (!types.isEmpty()) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "the statement has " + types.size() + " parameters and no values: bind them first");
            }
            return List.of(List.of());
        }
        if (handle.parameters().length > 2 * MAX_BYTES) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED, "the parameters have more than " + MAX_BYTES + " bytes");
        }
        List<List<String>> runs = new ArrayList<>();
        try (ArrowStreamReader reader =
                new ArrowStreamReader(new ByteArrayInputStream(handle.parameters()), allocator)) {
            check(reader.getVectorSchemaRoot(), types);
            while (reader.loadNextBatch()) {
                runs.addAll(literals(reader.getVectorSchemaRoot(), types));
            }
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "the statement's handle holds no parameters that can be read", e);
        }
        if (runs.size() > MAX_ROWS) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED, "more than " + MAX_ROWS + " rows of parameters are bound");
        }
        return runs;
    }

    private static List<List<String>> literals(VectorSchemaRoot root, List<ColumnType> types) {
        List<List<String>> runs = new ArrayList<>();
        for (int row = 0; row < root.getRowCount(); row++) {
            List<String> literals = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                literals.add(Literals.of(types.get(i), root.getVector(i), row, i + 1));
            }
            runs.add(literals);
        }
        return runs;
    }

    private static void check(VectorSchemaRoot root, List<ColumnType> types) {
        List<Field> fields = root.getSchema().getFields();
        if (fields.size() != types.size()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the statement has " + types.size() + " parameters, but " + fields.size() + " values are bound");
        }
        for (Field field : fields) {
            if (field.getDictionary() != null) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED, "dictionary-encoded parameters are not supported: bind plain values");
            }
        }
    }
}
