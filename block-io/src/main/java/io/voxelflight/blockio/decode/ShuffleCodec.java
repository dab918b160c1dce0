package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;

/** numcodecs' {@code shuffle}. */
record ShuffleCodec(int elementBytes) implements ByteCodec.Decompressor {
    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        int bytes = input.remaining();
        if (bytes % elementBytes != 0) {
            throw ChunkDecoder.corrupt(
                    place, "has " + bytes + " bytes to unshuffle, no multiple of " + elementBytes, null);
        }
        if (bytes > output.remaining()) {
            throw ChunkDecoder.corrupt(
                    place, "has " + bytes + " bytes to unshuffle, there is room for " + output.remaining(), null);
        }
        Unshuffle.bytes(input.slice(), output.slice(output.position(), bytes), elementBytes);
        return bytes;
    }

    @Override
    public boolean keepsSize() {
        return true;
    }
}
