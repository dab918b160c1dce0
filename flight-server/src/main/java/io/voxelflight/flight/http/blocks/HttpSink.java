package io.voxelflight.flight.http.blocks;

import io.voxelflight.flight.http.answer.Body;
import io.voxelflight.flight.http.answer.BufferBody;
import io.voxelflight.flight.http.answer.Outlet;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import io.voxelflight.flight.stream.BlockSink;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;

/** Sends a stream of blocks as the body of an HTTP answer. */
final class HttpSink implements BlockSink {
    /** Makes the bytes of an answer. */
    interface Form {
        /** What stands before the first block; may be empty. */
        ByteBuffer begin();

        /**
         * One block.
         *
         * @param voxels good until {@code release} runs
         * @param release run once when they are no longer needed
         */
        Body block(PlannedBlock block, ByteBuffer voxels, Runnable release);

        /** What stands behind the last block; may be empty. */
        ByteBuffer end();
    }

    /** Blocks that wait for the network: the one that is written, and the next. */
    private static final int UNSENT = 2;

    private final Outlet outlet;
    private final Form form;
    private int blockBytes;
    private boolean begun;

    HttpSink(Outlet outlet, Form form) {
        this.outlet = outlet;
        this.form = form;
    }

    @Override
    public void start(StreamPlan plan) {
        blockBytes = Math.toIntExact(plan.blockBytes());
    }

    @Override
    public boolean isReady() {
        return outlet.unsent() < UNSENT;
    }

    @Override
    public void send(PlannedBlock block, ArrowBuf tensor, Runnable returned) {
        begin(); // not before there is a block: until then an error has a status of its own
        outlet.send(form.block(block, tensor.nioBuffer(0, blockBytes), () -> {
            tensor.close();
            returned.run();
        }));
    }

    private void begin() {
        if (!begun) {
            begun = true;
            sendBytes(form.begin());
        }
    }

    private void sendBytes(ByteBuffer bytes) {
        if (bytes.hasRemaining()) {
            outlet.send(BufferBody.of(bytes));
        }
    }

    @Override
    public void complete() {
        begin();
        sendBytes(form.end());
        outlet.end();
    }

    @Override
    public void fail(Throwable failure) {
        outlet.fail(failure);
    }

    @Override
    public boolean isCancelled() {
        return outlet.isGone();
    }

    @Override
    public void onReady(Runnable handler) {
        outlet.onReady(handler);
    }

    @Override
    public void onCancel(Runnable handler) {
        outlet.onCancel(handler);
    }
}
