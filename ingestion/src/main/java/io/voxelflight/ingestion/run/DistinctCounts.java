package io.voxelflight.ingestion.run;

import java.util.Arrays;

/**
 * Counts distinct numbers in a table of fixed size. Where there are more than fit, the numbers are dealt into parts by
 * their hash and counted part by part: a pass over the chunk each, which stays in the processor's cache, instead of one
 * large table.
 */
final class DistinctCounts {
    private static final int SLOT_BITS = 17;
    private static final int MASK = (1 << SLOT_BITS) - 1;
    private static final int MOST = 3 << (SLOT_BITS - 2);
    private static final long MIX = 0x9E3779B97F4A7C15L;

    /** Receives each number with its count. */
    interface Visitor {
        void visit(long value, int count);
    }

    private final long[] values = new long[1 << SLOT_BITS];
    private final int[] counts = new int[1 << SLOT_BITS];
    private int used;
    private int partShift;
    private int part;
    private long last;
    private int repeated;
    private boolean full;

    /** Parts (as a power of two) in which {@code total} numbers fit though all are different. */
    static int partitionBits(int total) {
        int bits = 1;
        while ((long) total >> bits > MOST * 3L / 4) {
            bits++;
        }
        return bits;
    }

    /** Begins counting those numbers that fall into {@code part} of 2^{@code bits} parts. */
    void begin(int bits, int part) {
        Arrays.fill(counts, 0);
        used = 0;
        full = false;
        repeated = 0;
        this.partShift = 64 - bits;
        this.part = bits == 0 ? 0 : part;
    }

    /** Whether more distinct numbers came than can be counted. */
    boolean isFull() {
        return full;
    }

    void add(long value) {
        if (value == last) {
            repeated++;
        } else {
            flush();
            last = value;
            repeated = 1;
        }
    }

    /** Hands out the counts; false if they did not fit, and then nothing is handed out. */
    boolean end(Visitor visitor) {
        flush();
        repeated = 0;
        if (full) {
            return false;
        }
        for (int slot = 0; slot <= MASK; slot++) {
            if (counts[slot] > 0) {
                visitor.visit(values[slot], counts[slot]);
            }
        }
        return true;
    }

    private void flush() {
        if (repeated == 0 || full) {
            return;
        }
        long hash = (last ^ (last >>> 32)) * MIX;
        hash ^= hash >>> 29;
        hash *= MIX;
        if (partShift < 64 && (int) (hash >>> partShift) != part) {
            return;
        }
        int slot = (int) (hash >>> 8) & MASK;
        while (counts[slot] > 0 && values[slot] != last) {
            slot = (slot + 1) & MASK;
        }
        if (counts[slot] == 0) {
            if (used == MOST) {
                full = true;
                return;
            }
            used++;
            values[slot] = last;
        }
        counts[slot] += repeated;
    }
}
