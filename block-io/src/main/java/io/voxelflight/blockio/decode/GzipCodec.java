package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** gzip: RFC 1952. */
final class GzipCodec implements ByteCodec.Decompressor {
    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        ByteBuffer rest = output.slice();
        Inflater inflater = new Inflater(true);
        try {
            ByteBuffer body = GzipHeader.skip(input, place);
            inflater.setInput(body);
            while (!inflater.finished()) {
                int count = inflater.inflate(rest);
                if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw ChunkDecoder.corrupt(place, "has gzip data that ends early", null);
                }
                if (count == 0 && !rest.hasRemaining() && !inflater.finished()) {
                    throw ChunkDecoder.corrupt(
                            place, "holds more than the " + output.remaining() + " bytes of a chunk", null);
                }
            }
            ByteBuffer decoded = rest.flip();
            GzipHeader.checkTrailer(body, decoded, place);
            return decoded.remaining();
        } catch (DataFormatException e) {
            throw ChunkDecoder.corrupt(place, "cannot be decompressed by gzip: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }
}
