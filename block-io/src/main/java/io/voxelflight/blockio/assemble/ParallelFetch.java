package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.assemble.ChunkLocator.StoredChunk;
import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The stored bytes of several chunks of one array, fetched side by side; ranges of one object that lie near one another
 * are joined into one request. For stores where a request takes long. Closing it gives the bytes back.
 */
final class ParallelFetch implements AutoCloseable {
    private static final long POLL_MILLIS = 20;

    /** One request and the chunks that it brings. */
    private static final class Request {
        final String key;
        final ByteRange range;
        final List<StoredChunk> chunks;
        final Memory memory;

        Request(String key, ByteRange range, List<StoredChunk> chunks, BufferAllocator allocator) {
            this.key = key;
            this.range = range;
            this.chunks = chunks;
            this.memory = new Memory(allocator);
        }
    }

    private final ByteStore store;
    private final Executor threads;
    private final BufferAllocator allocator;
    private final ReadLimits limits;
    private final long maxChunkBytes;
    private final Cancellation cancellation = new Cancellation();
    private final Cancellation asker;
    private final Map<BlockIndex, CompletableFuture<@Nullable StoredChunk>> located = new HashMap<>();
    private final CompletableFuture<Map<StoredChunk, CompletableFuture<@Nullable ByteBuffer>>> fetches;
    private final List<Request> requests = new ArrayList<>();
    private final List<CompletableFuture<?>> running = new ArrayList<>();

    /**
     * Begins.
     *
     * @param maxChunkBytes a chunk that takes more when stored is fetched by who asks for it, and refused there
     */
    ParallelFetch(
            ByteStore store,
            ChunkLocator locator,
            List<BlockIndex> chunks,
            long maxChunkBytes,
            Executor threads,
            BufferAllocator allocator,
            ReadLimits limits,
            Cancellation asker) {
        this.store = store;
        this.threads = threads;
        this.allocator = allocator;
        this.limits = limits;
        this.maxChunkBytes = maxChunkBytes;
        this.asker = asker;
        for (BlockIndex chunk : chunks) {
            located.put(chunk, CompletableFuture.supplyAsync(() -> locator.locate(chunk, cancellation), threads));
        }
        running.addAll(located.values());
        this.fetches = CompletableFuture.allOf(located.values().toArray(CompletableFuture[]::new))
                .handle((done, failure) -> begin());
    }

    private Map<StoredChunk, CompletableFuture<@Nullable ByteBuffer>> begin() {
        List<StoredChunk> found = new ArrayList<>();
        for (CompletableFuture<@Nullable StoredChunk> one : located.values()) {
            StoredChunk chunk = one.isCompletedExceptionally() ? null : one.join();
            if (chunk != null && bytes(chunk) <= maxChunkBytes) {
                found.add(chunk);
            }
        }
        Map<StoredChunk, CompletableFuture<@Nullable ByteBuffer>> begun = new HashMap<>();
        synchronized (this) {
            if (!cancellation.isCancelled()) {
                join(found);
                for (Request request : requests) {
                    CompletableFuture<@Nullable ByteBuffer> fetch =
                            CompletableFuture.supplyAsync(() -> fetch(request), threads);
                    running.add(fetch);
                    request.chunks.forEach(chunk -> begun.put(chunk, fetch));
                }
            }
        }
        return begun;
    }

    private static long bytes(StoredChunk chunk) {
        return chunk.range() instanceof ByteRange.Span span ? span.length() : 0;
    }

    private void join(List<StoredChunk> found) {
        List<StoredChunk> spans = new ArrayList<>();
        for (StoredChunk chunk : found) {
            if (chunk.range() instanceof ByteRange.Span) {
                spans.add(chunk);
            } else {
                requests.add(new Request(chunk.key(), chunk.range(), List.of(chunk), allocator));
            }
        }
        spans.sort(Comparator.comparing(StoredChunk::key).thenComparingLong(ParallelFetch::start));
        List<StoredChunk> group = new ArrayList<>();
        for (StoredChunk chunk : spans) {
            if (!group.isEmpty() && !fits(group, chunk)) {
                requests.add(joined(group));
                group = new ArrayList<>();
            }
            group.add(chunk);
        }
        if (!group.isEmpty()) {
            requests.add(joined(group));
        }
    }

    private boolean fits(List<StoredChunk> group, StoredChunk next) {
        return group.get(0).key().equals(next.key())
                && start(next) - end(group) <= limits.maxGapBytes()
                && Math.max(end(group), start(next) + bytes(next)) - start(group.get(0)) <= limits.maxJoinedBytes();
    }

    private Request joined(List<StoredChunk> group) {
        long start = start(group.get(0));
        return new Request(group.get(0).key(), new ByteRange.Span(start, end(group) - start), group, allocator);
    }

    private static long start(StoredChunk chunk) {
        return chunk.range() instanceof ByteRange.Span span ? span.offset() : 0;
    }

    private static long end(List<StoredChunk> group) {
        return group.stream()
                .mapToLong(chunk -> start(chunk) + bytes(chunk))
                .max()
                .orElse(0);
    }

    private @Nullable ByteBuffer fetch(Request request) {
        ByteStore.Fetched fetched = store.fetch(
                request.key,
                request.range,
                bytes -> {
                    if (request.range instanceof ByteRange.Whole && bytes > maxChunkBytes) {
                        throw ChunkLoader.tooLarge(store.describe(request.key), bytes, maxChunkBytes);
                    }
                    return request.memory.take(bytes);
                },
                cancellation);
        return fetched == null ? null : fetched.bytes();
    }

    /** What became of a chunk. */
    record Piece(@Nullable StoredChunk chunk, @Nullable ByteBuffer bytes) {}

    /**
     * Waits for a chunk's bytes.
     *
     * @return null if this fetch does not bring them: whoever wants them fetches them alone, and meets the error if there
     *     is one; else a piece without bytes if nothing is stored
     */
    @Nullable
    Piece take(BlockIndex index) {
        CompletableFuture<@Nullable StoredChunk> locating = located.get(index);
        if (locating == null) {
            return null;
        }
        try {
            StoredChunk chunk = await(locating);
            if (chunk == null) {
                return new Piece(null, null);
            }
            CompletableFuture<@Nullable ByteBuffer> fetching = await(fetches).get(chunk);
            if (fetching == null) {
                return null;
            }
            ByteBuffer bytes = await(fetching);
            if (bytes == null || !(chunk.range() instanceof ByteRange.Span span)) {
                return new Piece(chunk, bytes == null ? null : bytes.duplicate());
            }
            long first = start(chunk);
            for (Request request : requests) {
                if (request.chunks.contains(chunk)) {
                    first = start(request.chunks.get(0));
                }
            }
            return new Piece(chunk, bytes.slice((int) (span.offset() - first), (int) span.length()));
        } catch (ExecutionException e) {
            return null;
        }
    }

    private <T extends @Nullable Object> T await(CompletableFuture<T> future) throws ExecutionException {
        while (true) {
            try {
                return future.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                asker.throwIfCancelled();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ServiceException(ErrorCode.CANCELLED, "the thread that waited for chunks was interrupted", e);
            }
        }
    }

    /** Ends what runs, waits for it, and gives all bytes back. */
    @Override
    public void close() {
        cancellation.cancel();
        List<CompletableFuture<?>> all;
        fetches.handle((done, failure) -> done).join();
        synchronized (this) {
            all = List.copyOf(running);
        }
        for (CompletableFuture<?> one : all) {
            one.handle((done, failure) -> done).join();
        }
        requests.forEach(request -> request.memory.close());
    }
}
