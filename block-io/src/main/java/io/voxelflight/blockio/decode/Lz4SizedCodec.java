package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** numcodecs' {@code lz4}: the decoded size in four bytes (little-endian), then one block. */
final class Lz4SizedCodec implements ByteCodec.Decompressor {
    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        ByteBuffer sized = input.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (sized.remaining() < Integer.BYTES) {
            throw ChunkDecoder.corrupt(place, "has " + sized.remaining() + " bytes, too few for lz4's size", null);
        }
        int size = sized.getInt();
        if (size < 0 || size > output.remaining()) {
            throw ChunkDecoder.corrupt(
                    place,
                    "says that it holds " + Integer.toUnsignedString(size) + " bytes, there is room for "
                            + output.remaining(),
                    null);
        }
        int count = Lz4.decode(sized, output.slice(output.position(), size), place);
        if (count != size) {
            throw ChunkDecoder.corrupt(place, "says that it holds " + size + " bytes, and holds " + count, null);
        }
        return count;
    }
}
