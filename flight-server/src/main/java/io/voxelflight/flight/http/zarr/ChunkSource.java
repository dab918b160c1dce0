package io.voxelflight.flight.http.zarr;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.voxelflight.blockio.assemble.StoredChunks;
import io.voxelflight.blockio.encode.ChunkEncoder;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.admission.StreamGate;
import io.voxelflight.flight.plan.OpenLevel;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.ticket.BlockTicket;
import io.voxelflight.flight.ticket.Origins;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.rounding.DefaultRoundingPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of chunks come from: what is stored, or the engine's blocks, encoded. Both take a place at the gate that
 * streams of all doors share, so that many chunks do not crowd them out.
 */
final class ChunkSource {
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    private final BlockEngine engine;
    private final EncodedChunks encodedChunks;
    private final Executor encoders;
    private final BufferAllocator allocator;
    private final Counter passedOn;
    private final Counter encoded;

    ChunkSource(
            BlockEngine engine,
            EncodedChunks encodedChunks,
            Executor encoders,
            BufferAllocator allocator,
            MeterRegistry metrics) {
        this.engine = engine;
        this.encodedChunks = encodedChunks;
        this.encoders = encoders;
        this.allocator = allocator;
        this.passedOn = counter(metrics, "stored", "chunks of the Zarr view that were read as they are stored");
        this.encoded = counter(metrics, "encoded", "chunks of the Zarr view that were encoded");
    }

    private static Counter counter(MeterRegistry metrics, String name, String description) {
        return Counter.builder("voxelflight.zarr.chunks." + name)
                .description(description)
                .register(metrics);
    }

    /** The most memory that a chunk takes. */
    static long mostBytes(ViewedDataset dataset, ViewedLevel level, ChunkForm form) {
        int bytes =
                level.grid().block().voxels() * dataset.dataset().elementType().bytes();
        return DefaultRoundingPolicy.DEFAULT_ROUNDING_POLICY.getRoundedSize(
                form.stored() ? StoredChunks.maxBytes(bytes) : ChunkEncoder.scratchBytes(bytes));
    }

    /** The bytes of a chunk, which the asker closes; empty if it is all fill value. */
    CompletableFuture<Optional<ArrowBuf>> chunk(
            Request request, ViewedDataset dataset, ViewedLevel level, ChunkForm form, BlockIndex index) {
        if (form.stored()) {
            return stored(request, dataset, level, form, index);
        }
        EncodedChunks.Key key =
                new EncodedChunks.Key(dataset.dataset().id(), level.level().level(), index);
        return encodedChunks.get(key, () -> encode(request, dataset, level, index));
    }

    private CompletableFuture<Optional<ArrowBuf>> encode(
            Request request, ViewedDataset dataset, ViewedLevel level, BlockIndex index) {
        Origins origin = new Origins.Builder().add(level.grid().origin(index)).build();
        BlockShape block = level.grid().block();
        BlockTicket ticket = new BlockTicket(
                UUID.randomUUID(),
                request.caller().id(),
                dataset.dataset().id(),
                dataset.dataset().name(),
                level.level().level(),
                block,
                Instant.MAX,
                new BlockTicket.OriginList(origin));
        EncodingSink sink = new EncodingSink(level.fillValue(), encoders, allocator);
        encoded.increment();
        engine.streams().start(ticket, request, Door.ZARR, sink);
        return sink.encoded();
    }

    private CompletableFuture<Optional<ArrowBuf>> stored(
            Request request, ViewedDataset dataset, ViewedLevel level, ChunkForm form, BlockIndex index) {
        StoredRead read = new StoredRead(request, () -> read(dataset, level, form, index));
        read.pass.enter();
        return read.result;
    }

    /** One stored chunk, read when there is a place for it. */
    private final class StoredRead implements Runnable {
        private final Supplier<@Nullable ArrowBuf> read;
        private final CompletableFuture<Optional<ArrowBuf>> result = new CompletableFuture<>();
        private final StreamGate.Pass pass;

        StoredRead(Request request, Supplier<@Nullable ArrowBuf> read) {
            this.read = read;
            this.pass = engine.gate()
                    .pass(
                            request.caller().id(),
                            StreamGate.Kind.BLOCKS,
                            engine.limits().streams(request.caller()),
                            this,
                            result::completeExceptionally);
        }

        @Override
        public void run() {
            @Nullable ArrowBuf bytes;
            try {
                bytes = read.get();
            } catch (RuntimeException | Error e) {
                pass.leave();
                result.completeExceptionally(e);
                return;
            }
            pass.leave();
            if (!result.complete(Optional.ofNullable(bytes)) && bytes != null) {
                bytes.close();
            }
        }
    }

    private @Nullable ArrowBuf read(ViewedDataset dataset, ViewedLevel level, ChunkForm form, BlockIndex index) {
        try (OpenLevel open = engine.planner().open(dataset.dataset(), level.level())) {
            StoredChunks chunks = open.array()
                    .storedChunks()
                    .orElseThrow(() -> new IllegalStateException(
                            "dataset '" + dataset.dataset().name() + "' has no stored chunks any more"));
            ArrowBuf bytes = chunks.read(index, allocator, new Cancellation());
            passedOn.increment();
            if (bytes == null || !form.cut()) {
                return bytes;
            }
            try {
                return withoutChecksum(bytes, dataset, level, index);
            } catch (RuntimeException e) {
                bytes.close();
                throw e;
            }
        }
    }

    /** Zarr v2 has no checksum behind the data, so it is checked here. */
    private static ArrowBuf withoutChecksum(
            ArrowBuf bytes, ViewedDataset dataset, ViewedLevel level, BlockIndex index) {
        long length = bytes.capacity() - CHECKSUM_BYTES;
        if (length < 0) {
            throw corrupt(dataset, level, index, "has " + bytes.capacity() + " bytes, too few for its checksum");
        }
        ByteBuffer all = bytes.nioBuffer(0, (int) bytes.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        crc.update(all.slice(0, (int) length));
        int stored = all.getInt((int) length);
        if (stored != (int) crc.getValue()) {
            throw corrupt(
                    dataset,
                    level,
                    index,
                    String.format("has the CRC-32C %08x, its data gives %08x", stored, crc.getValue()));
        }
        return bytes.slice(0, length);
    }

    private static ServiceException corrupt(ViewedDataset dataset, ViewedLevel level, BlockIndex index, String what) {
        return new ServiceException(
                ErrorCode.CORRUPT_DATA,
                "chunk " + index + " of level " + level.level().level() + " of dataset '"
                        + dataset.dataset().name() + "' " + what);
    }
}
