package io.voxelflight.blockio.encode;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Zstandard, and CRC-32C behind it if asked for. */
final class ZarrChunkEncoder implements ChunkEncoder {
    private final int chunkBytes;
    private final boolean checksum;
    private final byte[] fillValue;
    private final ZstdCompressCtx context;
    private final ArrowBuf scratch;
    private final ByteBuffer encoded;

    /**
     * @param chunkBytes decoded bytes of a whole chunk
     * @param checksum whether a CRC-32C follows
     * @param fillValue one voxel
     */
    ZarrChunkEncoder(int chunkBytes, int zstdLevel, boolean checksum, byte[] fillValue, BufferAllocator allocator) {
        this.chunkBytes = chunkBytes;
        this.checksum = checksum;
        this.fillValue = fillValue;
        long bytes = scratchBytes(chunkBytes);
        this.scratch = allocator.buffer(bytes);
        this.encoded = scratch.nioBuffer(0, Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
        this.context =
                new ZstdCompressCtx().setLevel(zstdLevel).setChecksum(false).setContentSize(true);
    }

    static long scratchBytes(int chunkBytes) {
        return Zstd.compressBound(chunkBytes) + Integer.BYTES;
    }

    @Override
    public Optional<ByteBuffer> encode(ArrowBuf voxels) {
        if (voxels.capacity() < chunkBytes) {
            throw new IllegalArgumentException("a chunk has " + voxels.capacity() + " bytes, not " + chunkBytes);
        }
        if (isFill(voxels.nioBuffer(0, chunkBytes))) {
            return Optional.empty(); // what is not stored is fill value
        }
        int size = context.compressDirectByteBuffer(
                encoded, 0, encoded.capacity() - Integer.BYTES, voxels.nioBuffer(0, chunkBytes), 0, chunkBytes);
        if (!checksum) {
            return Optional.of(encoded.slice(0, size));
        }
        CRC32C crc = new CRC32C();
        crc.update(encoded.slice(0, size));
        encoded.putInt(size, (int) crc.getValue());
        return Optional.of(encoded.slice(0, size + Integer.BYTES));
    }

    @Override
    public void close() {
        context.close();
        scratch.close();
    }

    /** Whether the first voxel is the fill value and every byte equals that of the voxel before. */
    private boolean isFill(ByteBuffer voxels) {
        int voxel = fillValue.length;
        return voxels.slice(0, voxel).equals(ByteBuffer.wrap(fillValue))
                && voxels.slice(voxel, chunkBytes - voxel).equals(voxels.slice(0, chunkBytes - voxel));
    }
}
