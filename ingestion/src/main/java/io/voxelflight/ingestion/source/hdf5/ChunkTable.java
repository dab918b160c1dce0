package io.voxelflight.ingestion.source.hdf5;

import java.util.Arrays;

/**
 * Where the chunks of a dataset lie: 24 bytes of heap a chunk.
 *
 * <p>A chunk is named by its number in the grid of chunks, last axis fastest.
 */
final class ChunkTable {
    /** The most chunks of a dataset: 768 MiB of heap. */
    static final int MAX_CHUNKS = 32 << 20;

    private final long[] numbers;
    private final long[] addresses;
    private final int[] sizes;
    private final int[] masks;

    private ChunkTable(long[] numbers, long[] addresses, int[] sizes, int[] masks) {
        this.numbers = numbers;
        this.addresses = addresses;
        this.sizes = sizes;
        this.masks = masks;
    }

    /** The index of a chunk for the methods below; negative if it is not stored. */
    int find(long number) {
        return Arrays.binarySearch(numbers, number);
    }

    int count() {
        return numbers.length;
    }

    long number(int index) {
        return numbers[index];
    }

    /** Where the chunk's bytes begin in the file. */
    long address(int index) {
        return addresses[index];
    }

    /** How many bytes are stored. */
    int size(int index) {
        return sizes[index];
    }

    /** Bit i set: filter i was not applied to this chunk. */
    int skippedFilters(int index) {
        return masks[index];
    }

    /** Collects chunks in any order. */
    static final class Builder {
        private long[] numbers = new long[64];
        private long[] addresses = new long[64];
        private int[] sizes = new int[64];
        private int[] masks = new int[64];
        private int count;
        private boolean sorted = true;

        /** False if there are too many. */
        boolean add(long number, long address, int size, int mask) {
            if (count == MAX_CHUNKS) {
                return false;
            }
            if (count == numbers.length) {
                int larger = Math.min(MAX_CHUNKS, count * 2);
                numbers = Arrays.copyOf(numbers, larger);
                addresses = Arrays.copyOf(addresses, larger);
                sizes = Arrays.copyOf(sizes, larger);
                masks = Arrays.copyOf(masks, larger);
            }
            sorted &= count == 0 || numbers[count - 1] < number;
            numbers[count] = number;
            addresses[count] = address;
            sizes[count] = size;
            masks[count] = mask;
            count++;
            return true;
        }

        /** The table. If a chunk was added twice it has the number twice: see {@link #duplicate}. */
        ChunkTable build() {
            if (sorted) {
                return new ChunkTable(
                        Arrays.copyOf(numbers, count),
                        Arrays.copyOf(addresses, count),
                        Arrays.copyOf(sizes, count),
                        Arrays.copyOf(masks, count));
            }
            Integer[] order = new Integer[count];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Long.compare(numbers[a], numbers[b]));
            ChunkTable table = new ChunkTable(new long[count], new long[count], new int[count], new int[count]);
            for (int i = 0; i < count; i++) {
                table.numbers[i] = numbers[order[i]];
                table.addresses[i] = addresses[order[i]];
                table.sizes[i] = sizes[order[i]];
                table.masks[i] = masks[order[i]];
            }
            return table;
        }
    }

    /** The index of a chunk that is there twice; -1 if there is none. */
    int duplicate() {
        for (int i = 1; i < numbers.length; i++) {
            if (numbers[i - 1] == numbers[i]) {
                return i;
            }
        }
        return -1;
    }
}
