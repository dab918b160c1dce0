package io.voxelflight.flight.stream;

import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import org.apache.arrow.memory.ArrowBuf;

/** Where a stream of blocks goes. One thread at a time starts, sends and ends; any thread may ask and set handlers. */
public interface BlockSink {
    /** Sends the schema. */
    void start(StreamPlan plan);

    /** Whether it would take a block now. */
    boolean isReady();

    /**
     * Sends one block.
     *
     * @param tensor becomes the sink's
     * @param returned run once when its memory is free again
     */
    void send(PlannedBlock block, ArrowBuf tensor, Runnable returned);

    void complete();

    /** Ends the stream with an error, started or not. */
    void fail(Throwable failure);

    boolean isCancelled();

    /** Sets what to run, on a thread that must not be kept, each time the sink becomes ready again. */
    void onReady(Runnable handler);

    /** Sets what to run when the client has gone; it runs at once if it has gone already. */
    void onCancel(Runnable handler);
}
