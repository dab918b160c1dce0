package io.voxelflight.flight.stream;

import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.jspecify.annotations.Nullable;

/** Sends blocks by Flight's own listener: the fallback. Flight copies each batch before {@code putNext} returns. */
public final class ListenerSink implements BlockSink {
    private static final String[] ORIGIN = {"t", "c", "z", "y", "x"};

    private final ServerStreamListener listener;
    private final BufferAllocator allocator;
    private boolean cancelled;

    @Nullable
    private Runnable onCancel;

    @Nullable
    private StreamPlan plan;

    @Nullable
    private VectorSchemaRoot root;

    /** @param allocator accounts for the small columns and validity bitmaps of one batch */
    public ListenerSink(ServerStreamListener listener, BufferAllocator allocator) {
        this.listener = listener;
        this.allocator = allocator;
        listener.setOnCancelHandler(this::cancelled);
        if (listener.isCancelled()) {
            cancelled();
        }
    }

    @Override
    public void start(StreamPlan started) {
        plan = started;
        root = VectorSchemaRoot.create(BlockSchema.of(started.dataset(), started.level(), started.block()), allocator);
        listener.start(root);
    }

    @Override
    public boolean isReady() {
        return listener.isReady();
    }

    @Override
    public void send(PlannedBlock block, ArrowBuf tensor, Runnable returned) {
        if (root == null || plan == null) {
            throw new IllegalStateException("the stream was not started");
        }
        try (tensor) {
            long[] origin = {
                block.origin().t(),
                block.origin().c(),
                block.origin().z(),
                block.origin().y(),
                block.origin().x()
            };
            for (int axis = 0; axis < origin.length; axis++) {
                ((BigIntVector) root.getVector(ORIGIN[axis])).setSafe(0, origin[axis]);
            }
            ((IntVector) root.getVector("valid_z")).setSafe(0, block.validZ());
            ((IntVector) root.getVector("valid_y")).setSafe(0, block.validY());
            ((IntVector) root.getVector("valid_x")).setSafe(0, block.validX());
            FixedSizeListVector list = (FixedSizeListVector) root.getVector("tensor");
            list.allocateNew();
            list.setNotNull(0);
            ArrowBuf voxels = tensor.slice(0, plan.blockBytes());
            voxels.writerIndex(plan.blockBytes());
            FieldVector item = list.getDataVector();
            item.loadFieldBuffers(new ArrowFieldNode(plan.block().voxels(), 0), List.of(allocator.getEmpty(), voxels));
            list.setValueCount(1);
            root.setRowCount(1);
            listener.putNext();
            root.clear();
        } finally {
            returned.run();
        }
    }

    @Override
    public void complete() {
        closeRoot();
        if (!isCancelled()) {
            listener.completed();
        }
    }

    @Override
    public void fail(Throwable failure) {
        closeRoot();
        if (!isCancelled()) {
            listener.error(FlightErrors.of(failure));
        }
    }

    private void closeRoot() {
        if (root != null) {
            root.close();
        }
    }

    private void cancelled() {
        Runnable handler;
        synchronized (this) {
            cancelled = true;
            handler = onCancel;
        }
        if (handler != null) {
            handler.run();
        }
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onReady(Runnable handler) {
        listener.setOnReadyHandler(handler);
    }

    @Override
    public void onCancel(Runnable handler) {
        synchronized (this) {
            onCancel = handler;
            if (!cancelled) {
                return;
            }
        }
        handler.run();
    }
}
