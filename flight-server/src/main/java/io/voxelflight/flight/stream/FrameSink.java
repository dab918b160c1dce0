package io.voxelflight.flight.stream;

import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.jspecify.annotations.Nullable;

/** Sends blocks by our own binding: by reference, without validity buffers. */
final class FrameSink implements BlockSink {
    /**
     * Once the network takes messages it gets that much, and is left alone until it is ready again: each hand-over to
     * its thread costs as much as writing some 100 KiB.
     */
    private static final long BURST_BYTES = 8 << 20;

    private final FrameCall call;
    /** Blocks sent whose memory did not come back yet. */
    private final AtomicInteger unreturned = new AtomicInteger();

    private int burst = 1;

    @Nullable
    private BlockFrames frames;

    FrameSink(FrameCall call) {
        this.call = call;
    }

    @Override
    public void start(StreamPlan plan) {
        burst = (int) Math.max(1, BURST_BYTES / plan.blockBytes());
        frames = new BlockFrames(plan.block().voxels(), Math.toIntExact(plan.blockBytes()));
        call.send(BatchFrames.schema(BlockSchema.of(plan.dataset(), plan.level(), plan.block()), IpcOption.DEFAULT));
    }

    @Override
    public boolean isReady() {
        return call.isReady() || unreturned.get() < burst;
    }

    @Override
    public void send(PlannedBlock block, ArrowBuf tensor, Runnable returned) {
        if (frames == null) {
            throw new IllegalStateException("the stream was not started");
        }
        unreturned.incrementAndGet();
        call.send(frames.frame(block, tensor, () -> {
            unreturned.decrementAndGet();
            returned.run();
        }));
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
