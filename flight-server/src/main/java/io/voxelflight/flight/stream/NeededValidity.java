package io.voxelflight.flight.stream;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Leaves out validity buffers of fields that cannot be NULL, as Arrow's format allows: for tensors of bytes they would be an
 * eighth of all that is sent.
 */
final class NeededValidity {
    private final List<ArrowBuf> all;
    private final List<ArrowBuf> needed = new ArrayList<>();
    private int next;

    private NeededValidity(List<ArrowBuf> all) {
        this.all = all;
    }

    /** @param batch is taken over: what comes back is the caller's to close */
    static ArrowRecordBatch of(ArrowRecordBatch batch, Schema schema) {
        if (schema.getFields().stream().noneMatch(NeededValidity::hasNeedless)) {
            return batch;
        }
        try (batch) {
            NeededValidity validity = new NeededValidity(batch.getBuffers());
            schema.getFields().forEach(validity::visit);
            return new ArrowRecordBatch(batch.getLength(), batch.getNodes(), validity.needed);
        }
    }

    private static boolean hasNeedless(Field field) {
        return !field.isNullable() || field.getChildren().stream().anyMatch(NeededValidity::hasNeedless);
    }

    private void visit(Field field) {
        List<BufferLayout.BufferType> types =
                TypeLayout.getTypeLayout(field.getType()).getBufferTypes();
        for (BufferLayout.BufferType type : types) {
            ArrowBuf buffer = all.get(next++);
            boolean needless = type == BufferLayout.BufferType.VALIDITY && !field.isNullable();
            needed.add(needless ? buffer.slice(0, 0) : buffer);
        }
        field.getChildren().forEach(this::visit);
    }
}
