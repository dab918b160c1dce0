package io.voxelflight.blockio.decode;

import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Where the inner chunks of one shard lie: for each slot an offset and a length, or nothing. */
public final class ShardIndex {
    /** Bytes an entry takes, decoded. */
    public static final int ENTRY_BYTES = 16;

    /** The index of a shard that is not stored: no slot holds anything. */
    public static final ShardIndex ABSENT = new ShardIndex(new long[0]);

    private static final long EMPTY = -1;

    private final long[] offsetsAndLengths;

    private ShardIndex(long[] offsetsAndLengths) {
        this.offsetsAndLengths = offsetsAndLengths;
    }

    /** Bytes that an index of {@code slots} takes when stored. */
    public static long storedBytes(CodecSpec.Sharding sharding, long slots) {
        long checksums = sharding.indexCodecs().stream()
                .filter(CodecSpec.Checksum.class::isInstance)
                .count();
        return slots * ENTRY_BYTES + checksums * Integer.BYTES;
    }

    /**
     * Decodes and checks an index.
     *
     * @param stored {@link #storedBytes} bytes
     * @param objectBytes size of the whole shard: no chunk may reach over it
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA
     */
    public static ShardIndex decode(
            ByteBuffer stored, CodecSpec.Sharding sharding, int slots, long objectBytes, String place) {
        ByteBuffer decoded =
                ByteBuffer.allocate(Math.multiplyExact(slots, ENTRY_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        Extent shape = Extent.zyx(1, 1, 2L * slots);
        new ChunkDecoder(sharding.indexCodecs(), ElementType.UINT64, List.of(Axis.X))
                .decode(stored, shape, decoded, ShardIndex::noScratch, place + " (shard index)");
        long[] entries = new long[slots * 2];
        decoded.asLongBuffer().get(entries);
        for (int i = 0; i < slots; i++) {
            long offset = entries[2 * i];
            long length = entries[2 * i + 1];
            boolean empty = offset == EMPTY && length == EMPTY;
            // a length without an offset, or the other way round, is neither
            if (!empty && (offset < 0 || length < 0 || offset > objectBytes || length > objectBytes - offset)) {
                throw ChunkDecoder.corrupt(
                        place,
                        "has inner chunk " + i + " at byte " + Long.toUnsignedString(offset) + ", "
                                + Long.toUnsignedString(length) + " bytes long, in an object of " + objectBytes
                                + " bytes",
                        null);
            }
        }
        return new ShardIndex(entries);
    }

    private static Scratch.Lease noScratch(long bytes) {
        throw new IllegalStateException("an index of fixed size needs no buffer of " + bytes + " bytes");
    }

    public boolean isEmpty(int slot) {
        return offsetsAndLengths.length == 0 || offsetsAndLengths[2 * slot] == EMPTY;
    }

    public long offset(int slot) {
        return offsetsAndLengths[2 * slot];
    }

    public long length(int slot) {
        return offsetsAndLengths[2 * slot + 1];
    }

    /** Heap bytes it takes. */
    public long weight() {
        return 32L + 8L * offsetsAndLengths.length;
    }
}
