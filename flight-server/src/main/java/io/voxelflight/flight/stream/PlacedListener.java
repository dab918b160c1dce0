package io.voxelflight.flight.stream;

import io.voxelflight.flight.admission.StreamGate;
import java.util.function.Consumer;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.jspecify.annotations.Nullable;

/** A stream of rows that has a place at the gate, and gives it back when it ends, however it ends. */
public final class PlacedListener implements ServerStreamListener {
    private final ServerStreamListener listener;
    private final StreamGate.Pass pass;
    private @Nullable Runnable onCancel;

    /**
     * @param gate where the stream waits for its place
     * @param caller whose stream it is
     * @param bound how many streams of the caller run at once
     * @param begin given this listener when it has a place
     */
    public PlacedListener(
            ServerStreamListener listener,
            StreamGate gate,
            String caller,
            int bound,
            Consumer<ServerStreamListener> begin) {
        this.listener = listener;
        this.pass = gate.pass(
                caller,
                StreamGate.Kind.ROWS,
                bound,
                () -> {
                    try {
                        begin.accept(this);
                    } catch (RuntimeException | Error e) {
                        error(FlightErrors.of(e));
                    }
                },
                refused -> listener.error(FlightErrors.of(refused)));
    }

    /** Begins when it has a place. */
    public void enter() {
        listener.setOnCancelHandler(this::cancelled);
        if (listener.isCancelled()) {
            pass.leave();
        }
        pass.enter();
    }

    private void cancelled() {
        Runnable handler;
        synchronized (this) {
            handler = onCancel;
        }
        pass.leave();
        if (handler != null) {
            handler.run();
        }
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        synchronized (this) {
            onCancel = handler;
        }
        if (listener.isCancelled()) {
            handler.run();
        }
    }

    @Override
    public void completed() {
        listener.completed();
        pass.leave();
    }

    @Override
    public void error(Throwable failure) {
        listener.error(failure);
        pass.leave();
    }

    @Override
    public boolean isCancelled() {
        return listener.isCancelled();
    }

    @Override
    public boolean isReady() {
        return listener.isReady();
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        listener.setOnReadyHandler(handler);
    }

    @Override
    public void start(VectorSchemaRoot root, @Nullable DictionaryProvider dictionaries, IpcOption option) {
        listener.start(root, dictionaries, option);
    }

    @Override
    public void putNext() {
        listener.putNext();
    }

    @Override
    public void putNext(@Nullable ArrowBuf metadata) {
        listener.putNext(metadata);
    }

    @Override
    public void putMetadata(ArrowBuf metadata) {
        listener.putMetadata(metadata);
    }

    @Override
    public void setUseZeroCopy(boolean enabled) {
        listener.setUseZeroCopy(enabled);
    }
}
