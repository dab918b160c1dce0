package io.voxelflight.flight.stream;

import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.jspecify.annotations.Nullable;

/** Sends blocks by our own binding: by reference, without validity buffers. */
final class FrameSink implements BlockSink {
    private final FrameCall call;

    @Nullable
    private BlockFrames frames;

    FrameSink(FrameCall call) {
        this.call = call;
    }

    @Override
    public void start(StreamPlan plan) {
        frames = new BlockFrames(plan.block().voxels(), Math.toIntExact(plan.blockBytes()));
        call.send(BatchFrames.schema(BlockSchema.of(plan.dataset(), plan.level(), plan.block()), IpcOption.DEFAULT));
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void send(PlannedBlock block, ArrowBuf tensor, Runnable returned) {
        if (frames == null) {
            throw new IllegalStateException("the stream was not started");
        }
        call.send(frames.frame(block, tensor, returned));
    }

    @Override
    public void complete() {
        call.complete();
    }

    @Override
    public void fail(Throwable failure) {
        call.fail(failure);
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }

    @Override
    public void onReady(Runnable handler) {
        call.onReady(handler);
    }

    @Override
    public void onCancel(Runnable handler) {
        call.onCancel(handler);
    }
}
