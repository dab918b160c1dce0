package io.voxelflight.sql.execute;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.tensor.BlockTensors;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.tensor.TensorReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Sends rows with the voxels of their blocks: reads blocks ahead on other threads, in the order of the rows, and hands on
 * batches of one row where blocks are large, so that a block goes out as it was read, without a copy.
 */
final class TensorStream implements AutoCloseable {
    /** What a batch holds of voxels: the size at which messages travel best. */
    private static final long BATCH_BYTES = 4L << 20;

    /** Read or being read while the receiver takes another batch. */
    private static final long AHEAD_BYTES = 32L << 20;

    private static final int MAX_AHEAD = 8;

    private final PreparedQuery query;
    private final Executor threads;
    private final BufferAllocator allocator;
    private final Cancellation cancellation;
    private final Map<TensorColumn, TensorReader> readers = new HashMap<>();
    private final ArrayDeque<Batch> ahead = new ArrayDeque<>();

    /** Rows whose blocks are on their way. */
    private record Batch(ArrowRecordBatch rows, Map<Integer, List<CompletableFuture<@Nullable ArrowBuf>>> blocks) {}

    /** @param threads read blocks */
    TensorStream(
            PreparedQuery query,
            BlockTensors tensors,
            Executor threads,
            BufferAllocator allocator,
            Cancellation cancellation) {
        this.query = query;
        this.threads = threads;
        this.allocator = allocator;
        this.cancellation = cancellation;
        try {
            for (TensorColumn column : query.tensors().values()) {
                if (!readers.containsKey(column)) {
                    readers.put(column, tensors.open(column));
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    void send(List<ArrowRecordBatch> rows, ResultSink sink) {
        long rowBytes = Math.max(1, tensorBytes(query));
        int batchRows = (int) Math.max(1, BATCH_BYTES / rowBytes);
        int batchesAhead = (int) Math.max(1, Math.min(MAX_AHEAD, AHEAD_BYTES / (batchRows * rowBytes)));
        try (VectorSchemaRoot out = VectorSchemaRoot.create(query.schema(), allocator);
                VectorSchemaRoot in = VectorSchemaRoot.create(query.rowSchema(), allocator)) {
            sink.begin(out);
            for (ArrowRecordBatch spooled : rows) {
                new VectorLoader(in).load(spooled);
                for (int first = 0; first < in.getRowCount(); first += batchRows) {
                    order(in, first, Math.min(batchRows, in.getRowCount() - first));
                    if (ahead.size() > batchesAhead) {
                        sendFirst(out, sink);
                    }
                }
                if (in.getRowCount() == 0) {
                    order(in, 0, 0); // the one batch of an empty result
                }
            }
            while (!ahead.isEmpty()) {
                sendFirst(out, sink);
            }
        }
    }

    /** Of all tensors of a row. */
    static long tensorBytes(PreparedQuery query) {
        return query.tensors().values().stream().mapToLong(TensorColumn::bytes).sum();
    }

    private void order(VectorSchemaRoot in, int first, int count) {
        try (VectorSchemaRoot part = in.slice(first, count)) {
            Map<Integer, List<CompletableFuture<@Nullable ArrowBuf>>> blocks = new HashMap<>();
            ahead.add(new Batch(new VectorUnloader(part).getRecordBatch(), blocks));
            query.tensors().forEach((index, column) -> {
                BigIntVector numbers = (BigIntVector) part.getVector(index);
                List<CompletableFuture<@Nullable ArrowBuf>> reads = new ArrayList<>();
                blocks.put(index, reads);
                for (int row = 0; row < count; row++) {
                    reads.add(
                            numbers.isNull(row)
                                    ? CompletableFuture.completedFuture(null)
                                    : read(column, numbers.get(row)));
                }
            });
        }
    }

    private CompletableFuture<@Nullable ArrowBuf> read(TensorColumn column, long number) {
        TensorReader reader = Objects.requireNonNull(readers.get(column));
        return CompletableFuture.supplyAsync(
                () -> {
                    cancellation.throwIfCancelled();
                    return reader.read(column.origin(number), allocator, cancellation);
                },
                threads);
    }

    private void sendFirst(VectorSchemaRoot out, ResultSink sink) {
        cancellation.throwIfCancelled();
        Batch batch = ahead.element(); // stays there until it is sent: close() cleans up
        List<ArrowBuf> made = new ArrayList<>();
        try (ArrowRecordBatch whole = whole(batch, made)) {
            new VectorLoader(out).load(whole);
        } finally {
            made.forEach(ArrowBuf::close);
        }
        ahead.remove();
        release(batch);
        sink.batch();
        out.clear();
    }

    /** The rows with voxels where there were numbers. */
    private ArrowRecordBatch whole(Batch batch, List<ArrowBuf> made) {
        ArrowRecordBatch rows = batch.rows();
        List<ArrowFieldNode> nodes = new ArrayList<>();
        List<ArrowBuf> buffers = new ArrayList<>();
        Schema schema = query.rowSchema();
        int node = 0;
        int buffer = 0;
        for (int index = 0; index < schema.getFields().size(); index++) {
            Field field = schema.getFields().get(index);
            int lastNode = node + nodes(field);
            int lastBuffer = buffer + buffers(field);
            TensorColumn column = query.tensors().get(index);
            if (column == null) {
                nodes.addAll(rows.getNodes().subList(node, lastNode));
                buffers.addAll(rows.getBuffers().subList(buffer, lastBuffer));
            } else {
                ArrowFieldNode numbers = rows.getNodes().get(node);
                nodes.add(numbers);
                nodes.add(new ArrowFieldNode(
                        (long) rows.getLength() * column.block().voxels(), 0));
                buffers.add(rows.getBuffers().get(buffer)); // which rows have a block
                buffers.add(allocator.getEmpty()); // no voxel is NULL
                buffers.add(voxels(Objects.requireNonNull(batch.blocks().get(index)), column, made));
            }
            node = lastNode;
            buffer = lastBuffer;
        }
        return new ArrowRecordBatch(rows.getLength(), nodes, buffers);
    }

    private ArrowBuf voxels(
            List<CompletableFuture<@Nullable ArrowBuf>> reads, TensorColumn column, List<ArrowBuf> made) {
        ArrowBuf only = reads.size() == 1 ? await(reads.get(0)) : null;
        if (only != null && only.capacity() == column.bytes()) {
            only.writerIndex(column.bytes());
            return only;
        }
        ArrowBuf all = allocator.buffer(Math.max(1, reads.size() * column.bytes()));
        made.add(all);
        long at = 0;
        for (CompletableFuture<@Nullable ArrowBuf> read : reads) {
            ArrowBuf block = await(read);
            if (block == null) {
                all.setZero(at, column.bytes());
            } else {
                all.setBytes(at, block, 0, column.bytes());
            }
            at += column.bytes();
        }
        all.writerIndex(at);
        return all;
    }

    private static @Nullable ArrowBuf await(CompletableFuture<@Nullable ArrowBuf> read) {
        try {
            return read.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ServiceException failure) {
                throw failure;
            }
            throw new ServiceException(ErrorCode.INTERNAL, "a block could not be read: " + e.getCause(), e);
        }
    }

    private static int nodes(Field field) {
        return 1 + field.getChildren().stream().mapToInt(TensorStream::nodes).sum();
    }

    private static int buffers(Field field) {
        return TypeLayout.getTypeBufferCount(field.getType())
                + field.getChildren().stream().mapToInt(TensorStream::buffers).sum();
    }

    private static void release(Batch batch) {
        batch.rows().close();
        for (List<CompletableFuture<@Nullable ArrowBuf>> reads : batch.blocks().values()) {
            for (CompletableFuture<@Nullable ArrowBuf> read : reads) {
                ArrowBuf block = read.exceptionally(failed -> null).join();
                if (block != null) {
                    block.close();
                }
            }
        }
    }

    /** Waits for what is being read. */
    @Override
    public void close() {
        if (!ahead.isEmpty()) {
            cancellation.cancel();
        }
        ahead.forEach(TensorStream::release);
        ahead.clear();
        readers.values().forEach(TensorReader::close);
    }
}
