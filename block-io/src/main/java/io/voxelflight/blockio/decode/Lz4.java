package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** LZ4 blocks by the native library; the one in Java would be 3 to 6 times slower, so there is no way without it. */
final class Lz4 {
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.nativeInstance().safeDecompressor();

    private Lz4() {}

    /**
     * Decodes one block.
     *
     * @return bytes written to {@code output} from its position on, at most what remains there
     */
    static int decode(ByteBuffer input, ByteBuffer output, String place) {
        try {
            return DECOMPRESSOR.decompress(
                    input, input.position(), input.remaining(), output, output.position(), output.remaining());
        } catch (LZ4Exception e) {
            throw ChunkDecoder.corrupt(place, "cannot be decompressed by lz4: " + e.getMessage(), e);
        }
    }
}
