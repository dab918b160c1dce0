package io.voxelflight.flight.stream;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.grpc.StatusUtils;
import org.jspecify.annotations.Nullable;

/** One DoGet call, to be answered with frames. Its methods may be called by any thread. */
public final class FrameCall {
    private final ServerCall<?, Frame> call;
    private boolean headersSent;
    private boolean closed;
    private boolean cancelled;

    @Nullable
    private Runnable onReady;

    @Nullable
    private Runnable onCancel;

    FrameCall(ServerCall<?, Frame> call) {
        this.call = call;
    }

    /** Answers the call with a stream of blocks. */
    public BlockSink blocks() {
        return new FrameSink(this);
    }

    /** Answers the call with any record batches, by Flight's own interface. */
    public ServerStreamListener batches() {
        return new FrameListener(this);
    }

    /** Whether the network would take a message now. */
    boolean isReady() {
        return call.isReady();
    }

    /** Sends a message; one for a call that is over is dropped. */
    synchronized void send(Frame frame) {
        try (frame) {
            if (closed || cancelled) {
                return;
            }
            if (!headersSent) {
                headersSent = true;
                call.sendHeaders(new Metadata());
            }
            call.sendMessage(frame);
        }
    }

    void complete() {
        close(Status.OK, new Metadata());
    }

    void fail(Throwable failure) {
        Throwable told = StatusUtils.toGrpcException(FlightErrors.of(failure));
        Metadata trailers = Status.trailersFromThrowable(told);
        close(Status.fromThrowable(told), trailers == null ? new Metadata() : trailers);
    }

    private synchronized void close(Status status, Metadata trailers) {
        if (closed || cancelled) {
            return;
        }
        closed = true;
        if (status.isOk() && !headersSent) {
            headersSent = true;
            call.sendHeaders(new Metadata());
        }
        call.close(status, trailers);
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    /** What to run each time the network takes messages again. */
    synchronized void onReady(Runnable handler) {
        onReady = handler;
    }

    /** What to run when the client has gone; at once if it has gone already. */
    void onCancel(Runnable handler) {
        synchronized (this) {
            onCancel = handler;
            if (!cancelled) {
                return;
            }
        }
        handler.run();
    }

    void ready() {
        Runnable handler;
        synchronized (this) {
            handler = onReady;
        }
        if (handler != null) {
            handler.run();
        }
    }

    void cancelled() {
        Runnable handler;
        synchronized (this) {
            cancelled = true;
            handler = onCancel;
        }
        if (handler != null) {
            handler.run();
        }
    }
}
