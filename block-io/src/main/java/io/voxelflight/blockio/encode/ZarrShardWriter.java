package io.voxelflight.blockio.encode;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.voxelflight.model.BlockIndex;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** A Zarr v3 shard: inner chunks as zstd with CRC-32C in the order they come, the index with CRC-32C at the end. */
final class ZarrShardWriter implements ShardWriter {
    private static final long EMPTY = -1;

    private final ObjectWriter object;
    private final ToIntFunction<BlockIndex> slotOf;
    private final int chunkBytes;
    private final long[] index;
    private final ZstdCompressCtx context;
    private final ArrowBuf scratch;
    private final ByteBuffer encoded;
    private boolean anything;

    /**
     * @param slotOf place of a chunk in this shard's index
     * @param chunkBytes decoded bytes of a whole chunk
     */
    ZarrShardWriter(
            ObjectWriter object,
            ToIntFunction<BlockIndex> slotOf,
            int slots,
            int chunkBytes,
            int zstdLevel,
            BufferAllocator allocator) {
        this.object = object;
        this.slotOf = slotOf;
        this.chunkBytes = chunkBytes;
        this.index = new long[slots * 2];
        Arrays.fill(index, EMPTY);
        this.context =
                new ZstdCompressCtx().setLevel(zstdLevel).setChecksum(false).setContentSize(true);
        long bound = Zstd.compressBound(chunkBytes) + Integer.BYTES;
        this.scratch = allocator.buffer(bound);
        this.encoded = scratch.nioBuffer(0, Math.toIntExact(bound)).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public ChunkFate write(BlockIndex chunk, ArrowBuf voxels) {
        if (voxels.capacity() < chunkBytes) {
            throw new IllegalArgumentException(
                    "chunk " + chunk + " has " + voxels.capacity() + " bytes, not " + chunkBytes);
        }
        if (isZero(voxels, chunkBytes)) {
            return new ChunkFate(0); // the fill value is 0, and what is not stored is fill value
        }
        int slot = slotOf.applyAsInt(chunk);
        if (index[2 * slot] != EMPTY) {
            throw new IllegalStateException("chunk " + chunk + " was written before");
        }
        int size = context.compressDirectByteBuffer(
                encoded, 0, encoded.capacity() - Integer.BYTES, voxels.nioBuffer(0, chunkBytes), 0, chunkBytes);
        CRC32C crc = new CRC32C();
        crc.update(encoded.slice(0, size));
        encoded.putInt(size, (int) crc.getValue());
        int stored = size + Integer.BYTES;
        index[2 * slot] = object.position();
        index[2 * slot + 1] = stored;
        object.append(encoded.slice(0, stored));
        anything = true;
        return new ChunkFate(stored);
    }

    @Override
    public void commit() {
        if (!anything) {
            return; // an object that is not there is fill value too
        }
        ByteBuffer tail = ByteBuffer.allocateDirect(index.length * Long.BYTES + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        tail.asLongBuffer().put(index);
        CRC32C crc = new CRC32C();
        crc.update(tail.slice(0, index.length * Long.BYTES));
        tail.putInt(index.length * Long.BYTES, (int) crc.getValue());
        object.append(tail);
        object.commit();
    }

    @Override
    public void close() {
        context.close();
        scratch.close();
        object.close();
    }

    private static boolean isZero(ArrowBuf voxels, int bytes) {
        int i = 0;
        for (; i + Long.BYTES <= bytes; i += Long.BYTES) {
            if (voxels.getLong(i) != 0) {
                return false;
            }
        }
        for (; i < bytes; i++) {
            if (voxels.getByte(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
