package io.voxelflight.flight.http.zarr;

import io.voxelflight.blockio.encode.ChunkEncoder;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import io.voxelflight.flight.stream.BlockSink;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Takes the one block of a stream and encodes it. It is not cancelled: others may wait for the same chunk. */
final class EncodingSink implements BlockSink {
    private final CompletableFuture<Optional<ArrowBuf>> encoded = new CompletableFuture<>();
    private final byte[] fillValue;
    private final Executor encoders;
    private final BufferAllocator allocator;

    /**
     * @param encoders as many threads as scratch buffers fit
     * @param allocator of scratch and result
     */
    EncodingSink(byte[] fillValue, Executor encoders, BufferAllocator allocator) {
        this.fillValue = fillValue;
        this.encoders = encoders;
        this.allocator = allocator;
    }

    /** The encoded chunk, the asker's to close; empty if it is all fill value. */
    CompletableFuture<Optional<ArrowBuf>> encoded() {
        return encoded;
    }

    @Override
    public void send(PlannedBlock block, ArrowBuf tensor, Runnable returned) {
        try {
            encoders.execute(() -> {
                try {
                    Optional<ArrowBuf> result;
                    try (tensor) {
                        result = encode(tensor);
                    } finally {
                        returned.run();
                    }
                    if (!encoded.complete(result)) {
                        result.ifPresent(ArrowBuf::close);
                    }
                } catch (RuntimeException | Error e) {
                    encoded.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException closing) {
            tensor.close();
            returned.run();
            encoded.completeExceptionally(closing);
        }
    }

    private Optional<ArrowBuf> encode(ArrowBuf tensor) {
        int bytes = Math.toIntExact(tensor.capacity());
        try (ChunkEncoder encoder = ChunkEncoder.zstd(bytes, ChunkForm.ZSTD_LEVEL, fillValue, allocator)) {
            return encoder.encode(tensor).map(this::copy);
        }
    }

    private ArrowBuf copy(ByteBuffer bytes) {
        ArrowBuf buffer = allocator.buffer(bytes.remaining());
        ArrowBuf exact = buffer.slice(0, bytes.remaining());
        exact.setBytes(0, bytes);
        return exact;
    }

    @Override
    public void fail(Throwable failure) {
        encoded.completeExceptionally(failure);
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void start(StreamPlan plan) {}

    @Override
    public void complete() {}

    @Override
    public void onReady(Runnable handler) {}

    @Override
    public void onCancel(Runnable handler) {}
}
