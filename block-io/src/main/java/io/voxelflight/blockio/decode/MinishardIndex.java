package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where the chunks of one minishard lie in their shard file: numbers of chunks, in order, with an offset and a length each.
 *
 * @see <a
 *     href="https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/sharded.md">The format</a>
 */
public final class MinishardIndex {
    /** The longest index that is decoded: 1.4 million chunks. */
    public static final int MAX_BYTES = 32 << 20;

    private static final int ENTRY_BYTES = 24;
    private static final int GZIP_TRAILER_SIZE = 4;

    private final long[] ids;
    private final long[] offsets;
    private final long[] lengths;

    private MinishardIndex(long[] ids, long[] offsets, long[] lengths) {
        this.ids = ids;
        this.offsets = offsets;
        this.lengths = lengths;
    }

    /** The index of a minishard of which nothing is stored. */
    public static MinishardIndex empty() {
        return new MinishardIndex(new long[0], new long[0], new long[0]);
    }

    /**
     * Decodes and checks an index.
     *
     * @param stored direct buffer
     * @param base where offsets in the shard file count from
     * @param objectBytes size of the whole file: no chunk may reach over it
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA
     */
    public static MinishardIndex decode(ByteBuffer stored, boolean gzip, long base, long objectBytes, String place) {
        ByteBuffer plain = (gzip ? unzip(stored, place) : stored.slice()).order(ByteOrder.LITTLE_ENDIAN);
        if (plain.remaining() % ENTRY_BYTES != 0 || plain.remaining() > MAX_BYTES) {
            throw ChunkDecoder.corrupt(
                    place,
                    "has a minishard index of " + plain.remaining() + " bytes, a multiple of " + ENTRY_BYTES + " up to "
                            + MAX_BYTES + " is expected",
                    null);
        }
        int count = plain.remaining() / ENTRY_BYTES;
        MinishardIndex index = new MinishardIndex(new long[count], new long[count], new long[count]);
        long id = 0;
        long end = base;
        for (int i = 0; i < count; i++) { // differences from the entry before, then sizes
            long step = plain.getLong(i * Long.BYTES);
            long gap = plain.getLong((count + i) * Long.BYTES);
            long length = plain.getLong((2 * count + i) * Long.BYTES);
            boolean ordered = i == 0 || (step != 0 && Long.compareUnsigned(id + step, id) > 0);
            boolean inside = gap >= 0 && length >= 0 && gap <= objectBytes - end && length <= objectBytes - end - gap;
            if (!ordered || !inside) {
                throw ChunkDecoder.corrupt(
                        place,
                        "has a minishard index whose entry " + i + " of " + count + " (number +"
                                + Long.toUnsignedString(step) + ", byte " + end + " + " + Long.toUnsignedString(gap)
                                + ", " + Long.toUnsignedString(length) + " bytes) does not fit a file of " + objectBytes
                                + " bytes",
                        null);
            }
            id += step;
            index.ids[i] = id;
            index.offsets[i] = end + gap;
            index.lengths[i] = length;
            end += gap + length;
        }
        return index;
    }

    private static ByteBuffer unzip(ByteBuffer stored, String place) {
        ByteBuffer in = stored.slice().order(ByteOrder.LITTLE_ENDIAN);
        long size =
                in.remaining() < GZIP_TRAILER_SIZE ? -1 : in.getInt(in.remaining() - GZIP_TRAILER_SIZE) & 0xffffffffL;
        if (size < 0 || size > MAX_BYTES) {
            throw ChunkDecoder.corrupt(place, "has a minishard index that is no gzip of at most " + MAX_BYTES, null);
        }
        ByteBuffer plain = ByteBuffer.allocateDirect((int) size);
        int count = new GzipCodec().decode(in, plain.duplicate(), MinishardIndex::noScratch, place);
        if (count != size) {
            throw ChunkDecoder.corrupt(place, "has a minishard index of another size than its gzip says", null);
        }
        return plain;
    }

    private static Scratch.Lease noScratch(long bytes) {
        throw new IllegalStateException("gzip needs no buffer of " + bytes + " bytes");
    }

    /** The place of a chunk in the lists; -1 if it is not stored. */
    public int find(long id) {
        int low = 0;
        int high = ids.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(ids[middle], id);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** In the shard file. */
    public long offset(int entry) {
        return offsets[entry];
    }

    public long length(int entry) {
        return lengths[entry];
    }

    /** Heap bytes it takes. */
    public long weight() {
        return 80L + 24L * ids.length;
    }
}
