package io.voxelflight.ingestion.source.array;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;

/**
 * Decompressed units (chunks, tiles, strips) of one source, shared by the threads that read it.
 *
 * <p>One thread decodes a unit, the others wait for it. The memory is a fixed number of equal slots, off the heap,
 * allocated when first needed and used again: it is never more than asked for, except that there is always one slot. A
 * thread that finds all slots in use waits for one; as a thread holds one unit at a time and waits for nothing while it
 * does, no circle can form.
 */
public final class UnitCache {
    /** What a slot takes on the heap, so that a cache of tiny units is bounded too. */
    private static final int SLOT_OVERHEAD_BYTES = 512;

    private final int slotBytes;
    private final int maxSlots;
    private final Map<Long, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private int slots;
    private long decoded;

    /** Decodes one unit. */
    public interface Loader {
        /** Fills {@code slot}. */
        void load(ByteBuffer slot);
    }

    private static final class Entry {
        int pins;
        boolean ready;
        /** Wanted no more: its slot is free as soon as nobody holds it. */
        boolean spent;

        @Nullable
        ByteBuffer slot;

        @Nullable
        RuntimeException failure;
    }

    /** A unit that stays where it is until this is closed. */
    public final class Lease implements AutoCloseable {
        private final long unit;
        private final Entry entry;
        private boolean spent;

        private Lease(long unit, Entry entry) {
            this.unit = unit;
            this.entry = entry;
        }

        /** Where the unit's voxels begin in memory. */
        public long address() {
            if (entry.slot == null) {
                throw new IllegalStateException("the lease of unit " + unit + " is over");
            }
            return MemoryUtil.getByteBufferAddress(entry.slot);
        }

        /** Says that all of the unit has been used, so that its slot may go first. */
        public void spent() {
            spent = true;
        }

        @Override
        public void close() {
            release(unit, entry, spent);
        }
    }

    /**
     * @param unitBytes of the largest unit
     * @param cacheBytes the most bytes of all slots; at least one slot there is
     */
    public UnitCache(int unitBytes, long cacheBytes) {
        this.slotBytes = unitBytes;
        this.maxSlots = (int) Math.max(1, Math.min(Integer.MAX_VALUE, cacheBytes / (unitBytes + SLOT_OVERHEAD_BYTES)));
    }

    /** The unit, decoded by {@code loader} if it is not there. The caller closes the lease before asking for another. */
    public Lease acquire(long unit, Loader loader) {
        Entry entry;
        ByteBuffer slot;
        synchronized (this) {
            Entry known = entries.get(unit);
            if (known != null) {
                known.pins++;
                known.spent = false;
                return await(unit, known);
            }
            entry = new Entry();
            entry.pins = 1;
            entries.put(unit, entry);
            try {
                slot = takeSlot();
            } catch (RuntimeException e) {
                fail(unit, entry, e);
                throw e;
            }
            decoded++;
        }
        try {
            loader.load(slot.clear().limit(slotBytes));
        } catch (RuntimeException e) {
            synchronized (this) {
                free.push(slot);
                fail(unit, entry, e);
            }
            throw e;
        } catch (Error e) {
            synchronized (this) {
                free.push(slot);
                fail(unit, entry, new ServiceException(ErrorCode.INTERNAL, "a unit could not be decoded: " + e, e));
            }
            throw e;
        }
        synchronized (this) {
            entry.slot = slot;
            entry.ready = true;
            notifyAll();
        }
        return new Lease(unit, entry);
    }

    /** How many units were decoded. */
    public synchronized long decoded() {
        return decoded;
    }

    private Lease await(long unit, Entry entry) {
        while (!entry.ready && entry.failure == null) {
            pause(() -> release(unit, entry, false));
        }
        RuntimeException failure = entry.failure;
        if (failure != null) {
            entry.pins--;
            throw failure instanceof ServiceException known
                    ? new ServiceException(known.code(), known.line(), known)
                    : new ServiceException(ErrorCode.INTERNAL, "a unit could not be decoded: " + failure, failure);
        }
        return new Lease(unit, entry);
    }

    /** A slot for a unit: a free one, a new one, or that of the unit used longest ago. Only under the lock. */
    private ByteBuffer takeSlot() {
        while (true) {
            ByteBuffer slot = free.poll();
            if (slot != null) {
                return slot;
            }
            if (slots < maxSlots) {
                ByteBuffer fresh = ByteBuffer.allocateDirect(slotBytes).order(ByteOrder.LITTLE_ENDIAN);
                slots++;
                return fresh;
            }
            Iterator<Entry> eldest = entries.values().iterator();
            while (eldest.hasNext()) {
                Entry entry = eldest.next();
                if (entry.pins == 0 && entry.slot != null) {
                    eldest.remove();
                    return entry.slot;
                }
            }
            pause(() -> {});
        }
    }

    @SuppressWarnings("WaitNotInLoop") // both callers loop
    private void pause(Runnable onInterrupt) {
        try {
            wait();
        } catch (InterruptedException e) {
            onInterrupt.run();
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "the thread that waited for a unit was interrupted", e);
        }
    }

    private void fail(long unit, Entry entry, RuntimeException failure) {
        entry.failure = failure;
        entries.remove(unit, entry);
        notifyAll();
    }

    private synchronized void release(long unit, Entry entry, boolean spent) {
        entry.pins--;
        entry.spent |= spent;
        if (entry.pins == 0) {
            if (entry.spent && entry.slot != null && entries.remove(unit, entry)) {
                free.push(entry.slot);
            }
            notifyAll();
        }
    }
}
