package io.voxelflight.ingestion.source.hdf5;

import io.jhdf.AbstractNode;
import io.jhdf.ObjectHeader;
import io.jhdf.api.Dataset;
import io.jhdf.dataset.chunked.Chunk;
import io.jhdf.dataset.chunked.ChunkedDatasetV4;
import io.jhdf.object.message.DataLayoutMessage.ChunkedDataLayoutMessage;
import io.jhdf.storage.HdfBackingStorage;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.StoredShape;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.Arrays;
import java.util.Collection;

/** Reads where the chunks of a dataset lie and checks that they are inside the file. */
final class ChunkIndex {
    /** HDF5's address of what is not there. */
    private static final long UNDEFINED = -1;

    /** jHDF keeps about 200 bytes for a chunk of the newer indexes while it reads them. */
    private static final int MAX_CHUNKS_OF_JHDF = 4 << 20;

    private final SourceFile file;
    private final String dataset;
    private final long[] lengths;
    private final long[] unit;
    private final long[] grid;
    private final int chunkBytes;
    private final Filters filters;
    private long[] last = {};
    private final ChunkTable.Builder table = new ChunkTable.Builder();

    ChunkIndex(SourceFile file, String dataset, long[] lengths, long[] unit, int chunkBytes, Filters filters) {
        this.file = file;
        this.dataset = dataset;
        this.lengths = lengths;
        this.unit = unit;
        this.chunkBytes = chunkBytes;
        this.filters = filters;
        this.grid = new long[lengths.length];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = (lengths[i] - 1) / unit[i] + 1;
        }
    }

    long[] grid() {
        return grid.clone();
    }

    ChunkTable read(Dataset node, HdfBackingStorage storage) {
        ObjectHeader header = ((AbstractNode) node).getHeader();
        if (node instanceof ChunkedDatasetV4) {
            double chunks = 1;
            for (long side : grid) {
                chunks *= side;
            }
            if (chunks > MAX_CHUNKS_OF_JHDF) {
                throw tooMany(MAX_CHUNKS_OF_JHDF + " for datasets written with libver='latest'");
            }
            var index = new LatestIndex(storage, node, header);
            for (Chunk chunk : index.chunks()) {
                long[] corner = new long[grid.length];
                for (int i = 0; i < corner.length; i++) {
                    corner[i] = chunk.getChunkOffset()[i];
                }
                long[] mask = chunk.getFilterMask().toLongArray();
                long address = chunk.getAddress();
                if (address != UNDEFINED) {
                    add(
                            corner,
                            address + storage.getUserBlockSize(),
                            Integer.toUnsignedLong(chunk.getSize()),
                            mask.length == 0 ? 0 : (int) mask[0]);
                }
            }
        } else {
            long root = header.getMessageOfType(ChunkedDataLayoutMessage.class).getBTreeAddress();
            if (root != UNDEFINED) {
                new ChunkBTree(file, storage.getUserBlockSize(), storage.getSizeOfOffsets(), grid.length, this::addNext)
                        .read(root);
            }
        }
        ChunkTable built = table.build();
        int duplicate = built.duplicate();
        if (duplicate >= 0) {
            throw file.corrupt("the chunk index of dataset " + dataset + " has chunk number " + built.number(duplicate)
                    + " twice");
        }
        return built;
    }

    /** Adds a chunk of an ordered index, whose order is all that tells of a damaged key. */
    private void addNext(long[] corner, long address, long size, int mask) {
        if (last.length > 0 && Arrays.compare(last, corner) >= 0) {
            throw file.corrupt("the chunk index of dataset " + dataset + " has a chunk at " + Arrays.toString(corner)
                    + " behind " + Arrays.toString(last) + ": it is damaged");
        }
        last = corner.clone();
        add(corner, address, size, mask);
    }

    private void add(long[] corner, long address, long size, int mask) {
        long[] at = new long[corner.length];
        for (int i = 0; i < corner.length; i++) {
            if (corner[i] < 0 || corner[i] % unit[i] != 0) {
                throw file.corrupt("the chunk index of dataset " + dataset + " has a chunk at "
                        + Arrays.toString(corner) + ", which is not on the grid of " + StoredShape.shape(unit));
            }
            if (corner[i] >= lengths[i]) { // HDF5 drops such chunks when a dataset is made smaller
                throw file.corrupt("the chunk index of dataset " + dataset + " has a chunk at "
                        + Arrays.toString(corner) + ", outside of " + StoredShape.shape(lengths));
            }
            at[i] = corner[i] / unit[i];
        }
        String what = "chunk " + Arrays.toString(at) + " of dataset " + dataset;
        file.requireInside(address, size, what);
        boolean filtered = filters.apply(mask);
        long most = filtered ? 2L * chunkBytes + (1 << 20) : chunkBytes;
        if (size > most || (!filtered && size != chunkBytes)) {
            throw file.corrupt(what + " claims to be stored in " + size + " bytes; it holds " + chunkBytes
                    + (filtered ? " before compression" : " and is not compressed"));
        }
        if (!table.add(ChunkUnits.number(at, grid), address, (int) size, mask)) {
            throw tooMany(String.valueOf(ChunkTable.MAX_CHUNKS));
        }
    }

    private ServiceException tooMany(String limit) {
        return new ServiceException(
                ErrorCode.RESOURCE_EXHAUSTED,
                file + ": dataset " + dataset + " is cut into more chunks than the limit of " + limit
                        + ": repack it with larger chunks (h5repack -l)");
    }

    /** Reaches jHDF's list of chunks, which is for its subclasses only. */
    private static final class LatestIndex extends ChunkedDatasetV4 {
        LatestIndex(HdfBackingStorage storage, Dataset node, ObjectHeader header) {
            super(storage, node.getAddress(), node.getName(), node.getParent(), header);
        }

        Collection<Chunk> chunks() {
            return getChunkLookup().values();
        }
    }
}
