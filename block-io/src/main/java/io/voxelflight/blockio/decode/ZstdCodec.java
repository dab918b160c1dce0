package io.voxelflight.blockio.decode;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Zstandard: RFC 8878. */
final class ZstdCodec implements ByteCodec.Decompressor {
    /**
     * Native contexts, made as threads need them and used again by all arrays: making one costs more than a small chunk, and
     * one per array would stay behind with each volume that is closed. At most as many as threads that decode at once.
     */
    private static final ConcurrentLinkedDeque<ZstdDecompressCtx> CONTEXTS = new ConcurrentLinkedDeque<>();

    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        ZstdDecompressCtx context = CONTEXTS.pollFirst();
        if (context == null) {
            context = new ZstdDecompressCtx();
        }
        boolean sound = false;
        try {
            int size = context.decompressDirectByteBuffer(
                    output, output.position(), output.remaining(), input, input.position(), input.remaining());
            sound = true;
            return size;
        } catch (ZstdException e) {
            throw ChunkDecoder.corrupt(place, "cannot be decompressed by zstd: " + e.getMessage(), e);
        } finally {
            if (sound) {
                CONTEXTS.offerFirst(context);
            } else {
                context.close(); // after an error its state is not to be relied on
            }
        }
    }
}
