package io.voxelflight.blockio.assemble;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The shared cache of decoded chunks: off-heap, bounded in bytes, those used last stay.
 *
 * <p>One decode serves all who ask for a chunk meanwhile. A chunk is handed out by reference: who holds one keeps its
 * memory though the cache drops it, accounted to the holder's allocator from then on. The bound counts chunks being
 * decoded. When everything in the cache is being decoded or waited for, a further chunk is decoded for its asker alone,
 * in the asker's own memory: the cache never grows over its bound, and nobody waits in a circle.
 */
public final class ChunkCache implements AutoCloseable {
    private static final long POLL_MILLIS = 20;
    private static final long CLOSE_PATIENCE_NANOS = 10_000_000_000L;

    /** What an entry takes beside its voxels: counted, so that chunks of which nothing is stored are bounded too. */
    private static final long ENTRY_BYTES = 256;

    /** Which chunk of which opened array: the array by identity, as a dataset made anew is another array. */
    record Key(Object array, long ordinal) {}

    /** Fills a chunk's buffer. */
    interface Loader {
        /**
         * Decodes the chunk into {@code destination}.
         *
         * @return false if nothing is stored for it: the chunk is fill value and {@code destination} is not used
         */
        boolean load(ArrowBuf destination);
    }

    private static final class Entry {
        final long bytes;
        final CountDownLatch loaded = new CountDownLatch(1);
        /** Who waits for the load or is about to take a reference: not to be evicted meanwhile. */
        int pins = 1;

        @Nullable
        ArrowBuf buffer;

        @Nullable
        ServiceException failure;

        boolean ready;
        boolean dropped;

        Entry(long bytes) {
            this.bytes = bytes;
        }
    }

    /** Who looks at a chunk while it is lent. */
    interface Visitor {
        /** @param address of the decoded chunk, valid only now; 0 if nothing is stored for it */
        void visit(long address);
    }

    /** A chunk that was dropped from memory, on its way to the disk. */
    private record Victim(Key key, ArrowBuf buffer) {}

    private final BufferAllocator allocator;
    private final long limitBytes;
    private final @Nullable DiskCache disk;
    private final Map<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private int loading;
    private boolean closed;
    private long bytes;
    private long hits;
    private long misses;
    private long shared;
    private long evictions;
    private long failures;

    /**
     * @param parent a child of it holds the chunks
     * @param limitBytes the most bytes of chunks, decoded or being decoded, as the allocator rounds them, and of what it
     *     takes to remember them
     */
    public ChunkCache(BufferAllocator parent, long limitBytes) {
        this(parent, limitBytes, null);
    }

    /** @param disk gets the chunks that are dropped for want of memory; the caller's to close, after this cache */
    public ChunkCache(BufferAllocator parent, long limitBytes, @Nullable DiskCache disk) {
        this.limitBytes = limitBytes;
        this.disk = disk;
        // not limited by the allocator: the bound is kept here, where room can be made
        this.allocator = parent.newChildAllocator("chunk-cache", 0, Long.MAX_VALUE);
    }

    /**
     * Lends a chunk: from memory, else from the disk without bringing it back into memory, else decoded now.
     *
     * @see #acquire
     */
    void lend(Key key, long size, Loader loader, BufferAllocator target, Cancellation cancellation, Visitor visitor) {
        DiskCache second = disk;
        if (second != null) {
            boolean inMemory;
            synchronized (this) {
                Entry entry = entries.get(key);
                inMemory = entry != null;
            }
            if (!inMemory) {
                try (DiskCache.Pin pin = second.find(key)) {
                    if (pin != null) {
                        visitor.visit(pin.address());
                        return;
                    }
                }
            }
        }
        try (ArrowBuf chunk = acquire(key, size, loader, target, cancellation)) {
            visitor.visit(chunk == null ? 0 : chunk.memoryAddress());
        }
    }

    /** Whether the chunk needs no fetch now. */
    boolean contains(Key key) {
        synchronized (this) {
            if (entries.containsKey(key)) {
                return true;
            }
        }
        return disk != null && disk.contains(key);
    }

    /**
     * The chunk of {@code key}, decoded by {@code loader} if it is not there.
     *
     * @param size bytes of the decoded chunk
     * @param target accounts for the reference that the caller gets and must close
     * @return the chunk's buffer of {@code size} bytes, not to be written to; null if nothing is stored for the chunk
     * @throws ServiceException what the loader throws, for all who wait for it; CANCELLED; RESOURCE_EXHAUSTED;
     *     UNAVAILABLE once the cache is closed
     */
    @Nullable
    ArrowBuf acquire(Key key, long size, Loader loader, BufferAllocator target, Cancellation cancellation) {
        Entry entry;
        boolean mine = false;
        List<Victim> victims = new ArrayList<>(0);
        synchronized (this) {
            if (closed) {
                throw new ServiceException(ErrorCode.UNAVAILABLE, "the chunk cache is closed");
            }
            entry = entries.get(key);
            if (entry != null && entry.ready) {
                hits++;
                return reference(entry, target);
            }
            if (entry != null) {
                shared++;
                entry.pins++;
            } else {
                misses++;
                long taken = allocator.getRoundingPolicy().getRoundedSize(size) + ENTRY_BYTES;
                if (makeRoom(taken, victims)) {
                    entry = new Entry(taken);
                    entries.put(key, entry);
                    bytes += entry.bytes;
                    loading++;
                    mine = true;
                }
            }
        }
        spill(victims); // before their room is used
        if (entry == null) {
            return loadAlone(key, size, fromDiskOr(key, size, loader), target);
        }
        return mine
                ? loadShared(key, entry, size, fromDiskOr(key, size, loader), target)
                : await(entry, target, cancellation);
    }

    private Loader fromDiskOr(Key key, long size, Loader loader) {
        DiskCache second = disk;
        if (second == null) {
            return loader;
        }
        return destination -> {
            try (DiskCache.Pin pin = second.find(key)) {
                if (pin != null) {
                    destination.setBytes(0, pin.bytes().slice(0, Math.toIntExact(size)));
                    return true;
                }
            }
            return loader.load(destination);
        };
    }

    private void spill(List<Victim> victims) {
        for (Victim victim : victims) {
            try (ArrowBuf buffer = victim.buffer()) {
                if (disk != null) {
                    disk.put(victim.key(), buffer.nioBuffer(0, Math.toIntExact(buffer.capacity())));
                }
            }
        }
    }

    private @Nullable ArrowBuf loadAlone(Key key, long size, Loader loader, BufferAllocator target) {
        ArrowBuf buffer = Buffers.allocate(target, size, "a chunk");
        boolean kept = false;
        try {
            kept = loader.load(buffer);
            if (kept && disk != null) {
                disk.put(key, buffer.nioBuffer(0, Math.toIntExact(size)));
            }
            return kept ? buffer : null;
        } finally {
            if (!kept) {
                buffer.close();
            }
        }
    }

    private @Nullable ArrowBuf loadShared(Key key, Entry entry, long size, Loader loader, BufferAllocator target) {
        ArrowBuf buffer = null;
        boolean stored = false;
        try {
            buffer = Buffers.allocate(allocator, size, "a chunk");
            stored = loader.load(buffer);
        } catch (Throwable e) { // an error too must not leave others waiting
            close(buffer);
            synchronized (this) {
                failures++;
                entry.failure = e instanceof ServiceException known
                        ? known
                        : new ServiceException(ErrorCode.INTERNAL, "a chunk could not be decoded: " + e, e);
                forget(key, entry);
                unpin(entry);
                loadEnded();
            }
            entry.loaded.countDown();
            throw e;
        }
        if (!stored) {
            close(buffer);
            buffer = null;
        }
        synchronized (this) {
            if (buffer == null && !entry.dropped) {
                bytes -= entry.bytes; // that nothing is stored is worth remembering, and takes no voxels
                Entry light = new Entry(ENTRY_BYTES);
                bytes += light.bytes;
                light.ready = true;
                light.pins = 0;
                entries.put(key, light);
                entry.dropped = true;
            }
            entry.buffer = buffer;
            entry.ready = true;
            try {
                return reference(entry, target);
            } finally {
                entry.loaded.countDown();
                unpin(entry);
                loadEnded();
            }
        }
    }

    private void loadEnded() {
        loading--;
        notifyAll();
    }

    private @Nullable ArrowBuf await(Entry entry, BufferAllocator target, Cancellation cancellation) {
        try {
            while (!entry.loaded.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                cancellation.throwIfCancelled();
            }
            synchronized (this) {
                if (entry.failure != null) {
                    throw new ServiceException(entry.failure.code(), entry.failure.line(), entry.failure);
                }
                return reference(entry, target);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "the thread that waited for a chunk was interrupted", e);
        } finally {
            synchronized (this) {
                unpin(entry);
            }
        }
    }

    /** A reference for {@code target}. Only under the lock, so that the buffer is not dropped in between. */
    private static @Nullable ArrowBuf reference(Entry entry, BufferAllocator target) {
        ArrowBuf buffer = entry.buffer;
        return buffer == null ? null : buffer.getReferenceManager().retain(buffer, target);
    }

    private void unpin(Entry entry) {
        entry.pins--;
        if (entry.pins == 0 && entry.dropped) {
            close(entry.buffer);
            entry.buffer = null;
        }
    }

    private boolean makeRoom(long size, List<Victim> victims) {
        if (size > limitBytes) {
            return false;
        }
        Iterator<Map.Entry<Key, Entry>> eldest = entries.entrySet().iterator();
        while (bytes + size > limitBytes && eldest.hasNext()) {
            Map.Entry<Key, Entry> next = eldest.next();
            Entry entry = next.getValue();
            if (entry.pins == 0 && entry.ready) {
                Key key = next.getKey();
                eldest.remove();
                if (disk != null && entry.buffer != null) {
                    victims.add(new Victim(key, entry.buffer));
                    entry.buffer = null;
                }
                drop(entry);
                evictions++;
            }
        }
        return bytes + size <= limitBytes;
    }

    private void forget(Key key, Entry entry) {
        if (!entry.dropped) {
            entries.remove(key);
            drop(entry);
        }
    }

    private void drop(Entry entry) {
        bytes -= entry.bytes;
        entry.dropped = true;
        if (entry.pins == 0) {
            close(entry.buffer);
            entry.buffer = null;
        }
    }

    /** Drops all chunks of one array. Chunks being decoded go when they are done. */
    void forgetAll(Object array) {
        synchronized (this) {
            List<Key> keys = new ArrayList<>();
            for (Key key : entries.keySet()) {
                if (key.array() == array) {
                    keys.add(key);
                }
            }
            for (Key key : keys) {
                Entry entry = entries.remove(key);
                if (entry != null) {
                    drop(entry);
                }
            }
        }
        if (disk != null) {
            disk.forgetAll(key -> key instanceof Key ours && ours.array() == array);
        }
    }

    public synchronized ChunkCacheStatistics statistics() {
        return new ChunkCacheStatistics(hits, misses, shared, evictions, failures, entries.size(), bytes, limitBytes);
    }

    /** Drops all chunks, waiting for those being decoded. Who holds a chunk keeps it. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        entries.values().forEach(this::drop);
        entries.clear();
        long deadline = System.nanoTime() + CLOSE_PATIENCE_NANOS;
        boolean interrupted = false;
        while (loading > 0 && System.nanoTime() < deadline) {
            try {
                wait(POLL_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        allocator.close();
    }

    private static void close(@Nullable ArrowBuf buffer) {
        if (buffer != null) {
            buffer.close();
        }
    }
}
