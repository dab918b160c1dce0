package io.voxelflight.flight.stream;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Flight's stream listener over our own binding. As with Flight's own, the caller looks at {@link #isReady} and may
 * reuse its vectors after each {@link #putNext}: batches are copied into messages, unless {@link #setUseZeroCopy} says
 * that the buffers will not be written to any more.
 */
final class FrameListener implements ServerStreamListener {
    private static final byte[] NONE = {};

    private final FrameCall call;
    private boolean byReference;

    @Nullable
    private VectorUnloader unloader;

    private Schema schema = new Schema(List.of());

    private IpcOption option = IpcOption.DEFAULT;

    FrameListener(FrameCall call) {
        this.call = call;
    }

    @Override
    public void start(VectorSchemaRoot root, @Nullable DictionaryProvider dictionaries, IpcOption wanted) {
        for (Field field : root.getSchema().getFields()) {
            refuseDictionaries(field);
        }
        option = wanted;
        schema = root.getSchema();
        unloader = new VectorUnloader(root, true, true);
        call.send(BatchFrames.schema(root.getSchema(), option));
    }

    private static void refuseDictionaries(Field field) {
        if (field.getDictionary() != null) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "column '" + field.getName() + "' is dictionary-encoded, which this server does not send");
        }
        field.getChildren().forEach(FrameListener::refuseDictionaries);
    }

    @Override
    public void putNext() {
        putNext(null);
    }

    @Override
    public void putNext(@Nullable ArrowBuf metadata) {
        byte[] appMetadata = bytes(metadata);
        if (unloader == null) {
            throw new IllegalStateException("the stream was not started");
        }
        ArrowRecordBatch batch = NeededValidity.of(unloader.getRecordBatch(), schema);
        call.send(BatchFrames.batch(batch, appMetadata, option, byReference));
    }

    @Override
    public void putMetadata(ArrowBuf metadata) {
        call.send(BatchFrames.metadataOnly(bytes(metadata)));
    }

    /** The content of a buffer that is ours now. */
    private static byte[] bytes(@Nullable ArrowBuf metadata) {
        if (metadata == null) {
            return NONE;
        }
        try (metadata) {
            byte[] bytes = new byte[(int) metadata.readableBytes()];
            metadata.getBytes(metadata.readerIndex(), bytes);
            return bytes;
        }
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        call.onReady(handler);
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        call.onCancel(handler);
    }

    @Override
    public void setUseZeroCopy(boolean enabled) {
        byReference = enabled;
    }

    @Override
    public void completed() {
        call.complete();
    }

    @Override
    public void error(Throwable failure) {
        call.fail(failure);
    }
}
