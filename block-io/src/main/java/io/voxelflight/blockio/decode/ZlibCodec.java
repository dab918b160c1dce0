package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** zlib: RFC 1950. */
final class ZlibCodec implements ByteCodec.Decompressor {
    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        Inflater inflater = new Inflater();
        try {
            return inflate(inflater, input, output, "zlib", place);
        } finally {
            inflater.end();
        }
    }

    /**
     * Inflates one stream from {@code input}'s position on; the position is behind it afterwards.
     *
     * @return bytes written to {@code output}, whose position moves
     */
    static int inflate(Inflater inflater, ByteBuffer input, ByteBuffer output, String format, String place) {
        int start = output.position();
        try {
            inflater.setInput(input);
            while (!inflater.finished()) {
                int count = inflater.inflate(output);
                if (count == 0 && !inflater.finished()) {
                    if (inflater.needsInput() || inflater.needsDictionary()) {
                        throw ChunkDecoder.corrupt(place, "has " + format + " data that ends early", null);
                    }
                    if (!output.hasRemaining()) {
                        throw ChunkDecoder.corrupt(
                                place,
                                "holds more than the " + (output.position() - start) + " bytes there is room for",
                                null);
                    }
                }
            }
            return output.position() - start;
        } catch (DataFormatException e) {
            throw ChunkDecoder.corrupt(place, "cannot be decompressed by " + format + ": " + e.getMessage(), e);
        }
    }
}
