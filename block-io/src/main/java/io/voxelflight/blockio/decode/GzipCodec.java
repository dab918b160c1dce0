package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.util.zip.Inflater;

/** gzip: RFC 1952, of one or more members. */
final class GzipCodec implements ByteCodec.Decompressor {
    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        ByteBuffer rest = output.slice();
        ByteBuffer left = input.slice();
        do {
            ByteBuffer member = GzipHeader.skip(left, place);
            int start = rest.position();
            Inflater inflater = new Inflater(true);
            try {
                ZlibCodec.inflate(inflater, member, rest, "gzip", place);
            } finally {
                inflater.end();
            }
            left = GzipHeader.checkTrailer(member, rest.slice(start, rest.position() - start), place);
        } while (left.hasRemaining() && !isPadding(left));
        return rest.position();
    }

    /** Zeros behind the last member, which gzip passes over. */
    private static boolean isPadding(ByteBuffer left) {
        for (int i = left.position(); i < left.limit(); i++) {
            if (left.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
