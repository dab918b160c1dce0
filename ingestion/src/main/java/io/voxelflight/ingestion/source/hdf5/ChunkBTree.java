package io.voxelflight.ingestion.source.hdf5;

import io.voxelflight.ingestion.source.array.SourceFile;
import java.nio.ByteBuffer;

/**
 * The version 1 B-tree of a dataset's chunks (HDF5 file format specification III.A.1), read node by node into a table.
 *
 * <p>Own code, as jHDF keeps every chunk as several objects: a dataset of 8 million chunks would take gigabytes.
 */
final class ChunkBTree {
    private static final int SIGNATURE = 'T' | 'R' << 8 | 'E' << 16 | 'E' << 24;
    private static final int CHUNK_NODE = 1;
    /** A tree of this many nodes holds more chunks than a table may. */
    private static final int MAX_NODES = 1 << 22;

    private final SourceFile file;
    private final long base;
    private final int offsetBytes;
    private final int rank;
    private final ChunkSink sink;
    private int nodes;

    /** Takes a chunk. */
    interface ChunkSink {
        /** @param corner the first voxel of the chunk */
        void accept(long[] corner, long address, long size, int mask);
    }

    /**
     * @param base added to every address of the file
     * @param offsetBytes the size of addresses in this file
     */
    ChunkBTree(SourceFile file, long base, int offsetBytes, int rank, ChunkSink sink) {
        this.file = file;
        this.base = base;
        this.offsetBytes = offsetBytes;
        this.rank = rank;
        this.sink = sink;
    }

    void read(long rootAddress) {
        read(rootAddress, -1);
    }

    private void read(long address, int expectedLevel) {
        String what = "the node at " + address + " of the chunk index";
        if (++nodes > MAX_NODES) {
            throw file.corrupt("the chunk index has more than " + MAX_NODES + " nodes: it is damaged");
        }
        ByteBuffer head = file.bytes(base + address, 8 + 2 * offsetBytes, what);
        int level = Byte.toUnsignedInt(head.get(5));
        if (head.getInt(0) != SIGNATURE || head.get(4) != CHUNK_NODE) {
            throw file.corrupt(what + " is none: it does not begin with TREE 1");
        }
        if (expectedLevel >= 0 && level != expectedLevel) {
            throw file.corrupt(what + " has level " + level + " instead of " + expectedLevel);
        }
        int entries = Short.toUnsignedInt(head.getShort(6));
        int keyBytes = 8 + 8 * (rank + 1);
        ByteBuffer body =
                file.bytes(base + address + 8 + 2L * offsetBytes, entries * (keyBytes + offsetBytes) + keyBytes, what);
        long[] corner = new long[rank];
        for (int i = 0; i < entries; i++) {
            int at = i * (keyBytes + offsetBytes);
            long child = offset(body, at + keyBytes);
            if (level > 0) {
                read(child, level - 1);
                continue;
            }
            for (int axis = 0; axis < rank; axis++) {
                corner[axis] = body.getLong(at + 8 + 8 * axis);
            }
            sink.accept(corner, base + child, Integer.toUnsignedLong(body.getInt(at)), body.getInt(at + 4));
        }
    }

    private long offset(ByteBuffer buffer, int at) {
        return switch (offsetBytes) {
            case 2 -> Short.toUnsignedLong(buffer.getShort(at));
            case 4 -> Integer.toUnsignedLong(buffer.getInt(at));
            default -> buffer.getLong(at);
        };
    }
}
