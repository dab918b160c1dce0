package io.voxelflight.ingestion.source.hdf5;

import io.voxelflight.ingestion.source.array.Scratch;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.Swap;
import io.voxelflight.ingestion.source.array.Units;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The chunks of an HDF5 dataset. */
final class ChunkUnits implements Units {
    private final SourceFile file;
    private final String dataset;
    private final long[] grid;
    private final ChunkTable table;
    private final Filters filters;
    private final int elementBytes;
    private final boolean bigEndian;
    private final Scratch scratch;

    ChunkUnits(
            SourceFile file,
            String dataset,
            long[] grid,
            ChunkTable table,
            Filters filters,
            int elementBytes,
            boolean bigEndian,
            Scratch scratch) {
        this.file = file;
        this.dataset = dataset;
        this.grid = grid;
        this.table = table;
        this.filters = filters;
        this.elementBytes = elementBytes;
        this.bigEndian = bigEndian;
        this.scratch = scratch;
    }

    @Override
    public boolean isStored(long[] unit) {
        return find(unit) >= 0;
    }

    @Override
    public long rawPosition(long[] unit) {
        int index = find(unit);
        return filters.apply(table.skippedFilters(index)) ? -1 : table.address(index);
    }

    @Override
    public void decode(long[] unit, ByteBuffer destination) {
        int index = find(unit);
        int size = table.size(index);
        String what = "chunk " + Arrays.toString(unit) + " of dataset " + dataset + " at byte " + table.address(index);
        ByteBuffer stored = scratch.take(size);
        try {
            file.read(table.address(index), stored);
            filters.decode(stored.flip(), table.skippedFilters(index), destination, what);
        } finally {
            scratch.giveBack(stored);
        }
        if (bigEndian) {
            Swap.toLittleEndian(destination, elementBytes);
        }
    }

    private int find(long[] unit) {
        return table.find(number(unit, grid));
    }

    static long number(long[] unit, long[] grid) {
        long number = 0;
        for (int i = 0; i < grid.length; i++) {
            number = number * grid[i] + unit[i];
        }
        return number;
    }

    @Override
    public void close() {
        filters.close();
        file.close();
    }
}
