package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * N5's {@code lz4}: the stream of lz4-java's {@code LZ4BlockOutputStream}. Each block has a magic word, a token, its sizes
 * stored and decoded and a checksum, all little-endian; one of size 0 ends the stream.
 */
final class Lz4BlocksCodec implements ByteCodec.Decompressor {
    private static final byte[] MAGIC = "LZ4Block".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = MAGIC.length + 1 + 3 * Integer.BYTES;
    private static final int RAW = 0x10;
    private static final int LZ4 = 0x20;
    private static final int SEED = 0x9747b28c;
    private static final int CHECKSUM_MASK = 0xfffffff;

    private static final XXHash32 HASH = XXHashFactory.nativeInstance().hash32();

    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        ByteBuffer in = input.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = output.slice();
        while (in.hasRemaining()) {
            if (in.remaining() < HEADER_BYTES) {
                throw ChunkDecoder.corrupt(place, "has an lz4 block that ends in its header", null);
            }
            byte[] magic = new byte[MAGIC.length];
            in.get(magic);
            int method = in.get() & 0xf0;
            int stored = in.getInt();
            int decoded = in.getInt();
            int checksum = in.getInt();
            if (!Arrays.equals(magic, MAGIC) || (method != RAW && method != LZ4)) {
                throw ChunkDecoder.corrupt(place, "is not a stream of lz4 blocks", null);
            }
            if (stored < 0
                    || decoded < 0
                    || stored > in.remaining()
                    || decoded > out.remaining()
                    || (method == RAW && stored != decoded)) {
                throw ChunkDecoder.corrupt(
                        place,
                        "has an lz4 block of " + stored + " bytes that says it holds " + decoded + ", where "
                                + in.remaining() + " bytes are left and there is room for " + out.remaining(),
                        null);
            }
            if (decoded == 0) {
                break;
            }
            ByteBuffer block = in.slice(in.position(), stored);
            ByteBuffer into = out.slice(out.position(), decoded);
            if (method == RAW) {
                into.duplicate().put(block);
            } else if (Lz4.decode(block, into, place) != decoded) {
                throw ChunkDecoder.corrupt(place, "has an lz4 block that does not hold " + decoded + " bytes", null);
            }
            if ((HASH.hash(into, 0, decoded, SEED) & CHECKSUM_MASK) != checksum) {
                throw ChunkDecoder.corrupt(place, "has an lz4 block with a checksum that its data does not give", null);
            }
            in.position(in.position() + stored);
            out.position(out.position() + decoded);
        }
        return out.position();
    }
}
