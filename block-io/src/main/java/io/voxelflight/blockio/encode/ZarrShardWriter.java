package io.voxelflight.blockio.encode;

import io.voxelflight.model.BlockIndex;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import java.util.zip.CRC32C;

/** A Zarr v3 shard: inner chunks in the order they come, the index with CRC-32C at the end. */
final class ZarrShardWriter implements ShardWriter {
    private static final long EMPTY = -1;

    private final ObjectWriter object;
    private final ToIntFunction<BlockIndex> slotOf;
    private final long[] index;
    private boolean anything;

    /** @param slotOf place of a chunk in this shard's index */
    ZarrShardWriter(ObjectWriter object, ToIntFunction<BlockIndex> slotOf, int slots) {
        this.object = object;
        this.slotOf = slotOf;
        this.index = new long[slots * 2];
        Arrays.fill(index, EMPTY);
    }

    @Override
    public synchronized void append(BlockIndex chunk, ByteBuffer encoded) {
        int slot = slotOf.applyAsInt(chunk);
        if (index[2 * slot] != EMPTY) {
            throw new IllegalStateException("chunk " + chunk + " was written before");
        }
        index[2 * slot] = object.position();
        index[2 * slot + 1] = encoded.remaining();
        object.append(encoded);
        anything = true;
    }

    @Override
    public synchronized void commit() {
        if (!anything) {
            return; // an object that is not there is fill value too
        }
        ByteBuffer tail =
                ByteBuffer.allocate(index.length * Long.BYTES + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        tail.asLongBuffer().put(index);
        CRC32C crc = new CRC32C();
        crc.update(tail.slice(0, index.length * Long.BYTES));
        tail.putInt(index.length * Long.BYTES, (int) crc.getValue());
        object.append(tail);
        object.commit();
    }

    @Override
    public synchronized void close() {
        object.close();
    }
}
