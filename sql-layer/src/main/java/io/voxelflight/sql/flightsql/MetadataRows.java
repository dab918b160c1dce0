package io.voxelflight.sql.flightsql;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** A small result made of Java values, for metadata calls. */
final class MetadataRows {
    private final Schema schema;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    MetadataRows(Schema schema) {
        this.schema = schema;
    }

    /** @param values by column; a column that is left out is NULL */
    void add(Map<String, Object> values) {
        rows.add(values);
    }

    void send(ServerStreamListener listener, BufferAllocator allocator) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            root.allocateNew();
            for (int row = 0; row < rows.size(); row++) {
                for (FieldVector vector : root.getFieldVectors()) {
                    set(vector, row, rows.get(row).get(vector.getName()));
                }
            }
            root.setRowCount(rows.size());
            listener.start(root);
            listener.putNext();
            listener.completed();
        }
    }

    private static void set(FieldVector vector, int row, @org.jspecify.annotations.Nullable Object value) {
        if (value == null) {
            if (!vector.getField().isNullable()) {
                throw new IllegalStateException("no value for " + vector.getName());
            }
            return;
        }
        if (vector instanceof VarCharVector texts) {
            texts.setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
        } else if (vector instanceof VarBinaryVector binaries) {
            binaries.setSafe(row, (byte[]) value);
        } else if (vector instanceof IntVector numbers) {
            numbers.setSafe(row, (Integer) value);
        } else if (vector instanceof BitVector bits) {
            bits.setSafe(row, Boolean.TRUE.equals(value) ? 1 : 0);
        } else {
            throw new IllegalStateException("a value for " + vector.getField());
        }
    }
}
