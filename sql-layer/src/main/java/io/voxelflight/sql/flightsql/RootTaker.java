package io.voxelflight.sql.flightsql;

import java.util.function.Consumer;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.jspecify.annotations.Nullable;

/** A listener that sends nothing: it shows each batch to somebody else. */
final class RootTaker implements ServerStreamListener {
    private final Consumer<VectorSchemaRoot> taker;
    private @Nullable VectorSchemaRoot root;

    RootTaker(Consumer<VectorSchemaRoot> taker) {
        this.taker = taker;
    }

    @Override
    public void start(VectorSchemaRoot announced) {
        root = announced;
    }

    @Override
    public void start(VectorSchemaRoot announced, @Nullable DictionaryProvider dictionaries, IpcOption option) {
        root = announced;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void putNext() {
        if (root != null) {
            taker.accept(root);
        }
    }

    @Override
    public void putNext(ArrowBuf metadata) {}

    @Override
    public void putMetadata(ArrowBuf metadata) {}

    @Override
    public void error(Throwable failure) {
        throw new IllegalStateException(failure);
    }

    @Override
    public void completed() {}
}
