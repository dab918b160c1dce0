package io.voxelflight.blockio.assemble;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cache on local disk below the {@link ChunkCache}: what that one drops, or stored bytes, bounded in bytes, those used
 * last stay. Safe for many threads.
 *
 * <p>One file without a name: nobody else can open or truncate it, so that mapping it is safe, and its space is free again
 * whenever and however the process ends. Written by {@code write}, which reports a full disk as an error where a mapping
 * would kill the process; read through the mapping, so that a crop costs one copy of its rows. Pieces of one size share
 * slabs of 64 MiB; a size that needs room takes a slab from the size that was used longest ago.
 */
public final class DiskCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskCache.class);

    /** What is given to one size of pieces at once; a larger piece is not kept. */
    static final long SLAB_BYTES = 64L << 20;

    /** What is mapped at once. Mappings stay: Java unmaps when it likes, and readers must not see it. */
    private static final long SEGMENT_BYTES = 16 * SLAB_BYTES;

    /** Sizes are rounded up to that, so that slots begin on pages. */
    private static final int PAGE_BYTES = 4096;

    /** Pieces remembered at most, whatever the bytes: each takes some 200 bytes of heap. */
    private static final int MAX_PIECES = 4 << 20;

    private static final class Slot {
        final SizeClass sizeClass;
        final int slab;
        final long offset;

        @Nullable
        Object key;

        int length;
        int pins;
        long used;
        boolean dropped;

        Slot(SizeClass sizeClass, int slab, long offset) {
            this.sizeClass = sizeClass;
            this.slab = slab;
            this.offset = offset;
        }
    }

    /** All slots of one size. */
    private static final class SizeClass {
        final int slotBytes;
        final Map<Object, Slot> used = new LinkedHashMap<>(16, 0.75f, true);
        final Deque<Slot> free = new ArrayDeque<>();
        final Map<Integer, List<Slot>> slabs = new HashMap<>();

        SizeClass(int slotBytes) {
            this.slotBytes = slotBytes;
        }
    }

    /** A piece that stays where it is until it is closed. */
    final class Pin implements AutoCloseable {
        private final Slot slot;
        private final ByteBuffer bytes;

        private Pin(Slot slot, ByteBuffer bytes) {
            this.slot = slot;
            this.bytes = bytes;
        }

        /** Direct and read-only, from position 0 to its limit. */
        ByteBuffer bytes() {
            return bytes;
        }

        long address() {
            return MemoryUtil.getByteBufferAddress(bytes);
        }

        @Override
        public void close() {
            unpin(slot);
        }
    }

    private final FileChannel file;
    private final long limitBytes;
    private final MappedByteBuffer[] segments;
    private final Deque<Integer> freeSlabs = new ArrayDeque<>();
    private final Map<Integer, SizeClass> classes = new HashMap<>();
    private final Map<Object, Slot> slots = new HashMap<>();
    private long clock;
    private boolean broken;
    private boolean closed;
    private long bytes;
    private long hits;
    private long misses;
    private long writes;
    private long evictions;

    private DiskCache(FileChannel file, long limitBytes) {
        this.file = file;
        this.limitBytes = limitBytes;
        this.segments = new MappedByteBuffer[(int) ((limitBytes + SEGMENT_BYTES - 1) / SEGMENT_BYTES)];
        for (int slab = 0; slab < limitBytes / SLAB_BYTES; slab++) {
            freeSlabs.add(slab);
        }
    }

    /**
     * Makes an empty cache.
     *
     * @param folder on a local disk; the file in it has no name
     * @param limitBytes at least 64 MiB; rounded down to a multiple of that
     * @throws ServiceException INVALID_ARGUMENT if that is too little; UNAVAILABLE if the folder cannot be written to
     */
    public static DiskCache open(Path folder, long limitBytes) {
        if (limitBytes < SLAB_BYTES) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a disk cache of " + limitBytes + " bytes is too small: at least " + SLAB_BYTES + " bytes");
        }
        long limit = limitBytes / SLAB_BYTES * SLAB_BYTES;
        try {
            Files.createDirectories(folder);
            Path path = Files.createTempFile(folder, "chunks-", ".cache");
            FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                Files.delete(path);
                file.write(ByteBuffer.wrap(new byte[1]), limit - 1); // a hole, so that all of it can be mapped
            } catch (IOException e) {
                file.close();
                throw e;
            }
            return new DiskCache(file, limit);
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "the disk cache cannot be made in " + folder + ": " + e.getMessage()
                            + ": choose another folder or run without one",
                    e);
        }
    }

    /** The piece of a key; null if it is not there. */
    @Nullable
    Pin find(Object key) {
        Slot slot;
        synchronized (this) {
            slot = closed ? null : slots.get(key);
            if (slot == null) {
                misses++;
                return null;
            }
            hits++;
            slot.sizeClass.used.get(key); // now the one used last
            slot.used = ++clock;
            slot.pins++;
        }
        try {
            return new Pin(slot, mapped(slot));
        } catch (RuntimeException e) {
            unpin(slot);
            throw e;
        }
    }

    synchronized boolean contains(Object key) {
        return slots.containsKey(key);
    }

    /** Keeps a piece, if there is room: what is pinned is not driven out. A disk that fails or is full ends the keeping. */
    void put(Object key, ByteBuffer piece) {
        int length = piece.remaining();
        Slot slot;
        synchronized (this) {
            if (closed || broken || length == 0 || length > SLAB_BYTES || slots.containsKey(key)) {
                return;
            }
            slot = take(length);
            if (slot == null) {
                return;
            }
            slot.pins = 1; // being written
        }
        boolean written = false;
        try {
            ByteBuffer rest = piece.duplicate();
            long position = slot.offset;
            while (rest.hasRemaining()) {
                position += file.write(rest, position);
            }
            written = true;
        } catch (IOException e) {
            giveUp(e);
        } finally {
            settle(slot, key, length, written);
        }
    }

    private synchronized void settle(Slot slot, Object key, int length, boolean written) {
        slot.pins--;
        if (!written || closed || slots.containsKey(key)) {
            slot.sizeClass.free.add(slot);
            return;
        }
        slot.key = key;
        slot.length = length;
        slot.used = ++clock;
        slot.dropped = false;
        slot.sizeClass.used.put(key, slot);
        slots.put(key, slot);
        bytes += slot.sizeClass.slotBytes;
        writes++;
    }

    private synchronized void giveUp(IOException why) {
        if (!broken) {
            broken = true;
            LOG.warn("the disk cache takes nothing more: {}", why.getMessage());
        }
    }

    /** A slot of nobody; null if all are pinned. */
    private @Nullable Slot take(int length) {
        int slotBytes = (length + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        SizeClass own = classes.computeIfAbsent(slotBytes, SizeClass::new);
        if (own.free.isEmpty() && slots.size() < MAX_PIECES && !freeSlabs.isEmpty()) {
            give(own, freeSlabs.remove());
        }
        if (!own.free.isEmpty()) {
            return own.free.remove();
        }
        Slot eldest = null;
        for (SizeClass other : classes.values()) {
            for (Slot slot : other.used.values()) {
                if (slot.pins == 0) {
                    eldest = eldest == null || slot.used < eldest.used ? slot : eldest;
                    break; // the first is the one of this size used longest ago
                }
            }
        }
        if (eldest == null) {
            return null;
        }
        if (eldest.sizeClass != own && !takeSlab(eldest.sizeClass, eldest.slab, own)) {
            return null;
        }
        if (eldest.sizeClass == own) {
            evict(eldest);
        }
        return own.free.poll();
    }

    private void give(SizeClass to, int slab) {
        List<Slot> made = new ArrayList<>();
        for (int i = 0; i < SLAB_BYTES / to.slotBytes; i++) {
            made.add(new Slot(to, slab, slab * SLAB_BYTES + (long) i * to.slotBytes));
        }
        to.slabs.put(slab, made);
        to.free.addAll(made);
    }

    /** Takes a slab from one size for another; false if a piece in it is in use. */
    private boolean takeSlab(SizeClass from, int slab, SizeClass to) {
        List<Slot> all = from.slabs.getOrDefault(slab, List.of());
        for (Slot slot : all) {
            if (slot.pins > 0) {
                return false;
            }
        }
        for (Slot slot : all) {
            if (slot.key != null) {
                evict(slot);
            }
        }
        from.free.removeAll(java.util.Set.copyOf(all));
        from.slabs.remove(slab);
        give(to, slab);
        return true;
    }

    private void evict(Slot slot) {
        forget(slot);
        evictions++;
    }

    private void forget(Slot slot) {
        slots.remove(slot.key);
        slot.sizeClass.used.remove(slot.key);
        slot.key = null;
        bytes -= slot.sizeClass.slotBytes;
        if (slot.pins == 0) {
            slot.sizeClass.free.add(slot);
        } else {
            slot.dropped = true;
        }
    }

    private synchronized void unpin(Slot slot) {
        slot.pins--;
        if (slot.pins == 0 && slot.dropped) {
            slot.dropped = false;
            slot.sizeClass.free.add(slot);
        }
    }

    /** Drops all pieces whose key is one of these. */
    synchronized void forgetAll(java.util.function.Predicate<Object> which) {
        List<Slot> gone = new ArrayList<>();
        slots.forEach((key, slot) -> {
            if (which.test(key)) {
                gone.add(slot);
            }
        });
        gone.forEach(this::forget);
    }

    private ByteBuffer mapped(Slot slot) {
        int number = (int) (slot.offset / SEGMENT_BYTES);
        return segment(number).slice((int) (slot.offset % SEGMENT_BYTES), slot.length);
    }

    private MappedByteBuffer segment(int number) {
        synchronized (segments) {
            MappedByteBuffer segment = segments[number];
            if (segment == null) {
                long start = number * SEGMENT_BYTES;
                try {
                    segment =
                            file.map(FileChannel.MapMode.READ_ONLY, start, Math.min(SEGMENT_BYTES, limitBytes - start));
                } catch (IOException e) {
                    throw new UncheckedIOException("the disk cache cannot be mapped: " + e.getMessage(), e);
                }
                segments[number] = segment;
            }
            return segment;
        }
    }

    public synchronized DiskCacheStatistics statistics() {
        return new DiskCacheStatistics(hits, misses, writes, evictions, slots.size(), bytes, limitBytes);
    }

    /** Gives the disk space back. Nothing may be pinned any more. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            slots.clear();
            classes.clear();
        }
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("the file of the disk cache was not closed cleanly", e);
        }
    }
}
