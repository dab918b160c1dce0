package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** The frame around deflate data that gzip puts: RFC 1952. */
final class GzipHeader {
    private static final int FIXED_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int FLAG_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;

    private GzipHeader() {}

    /** Whether the bytes begin as gzip data does. */
    static boolean isThere(ByteBuffer input) {
        ByteBuffer in = input.slice().order(ByteOrder.LITTLE_ENDIAN);
        return in.remaining() >= FIXED_BYTES + TRAILER_BYTES && (in.getShort(0) & 0xffff) == 0x8b1f && in.get(2) == 8;
    }

    /** What follows the header: deflate data and the trailer. */
    static ByteBuffer skip(ByteBuffer input, String place) {
        ByteBuffer in = input.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (!isThere(input)) {
            throw ChunkDecoder.corrupt(place, "is not gzip data", null);
        }
        int flags = in.get(3);
        in.position(FIXED_BYTES);
        if ((flags & FLAG_EXTRA) != 0) {
            advance(in, (in.getShort() & 0xffff), place);
        }
        if ((flags & FLAG_NAME) != 0) {
            skipText(in, place);
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipText(in, place);
        }
        if ((flags & FLAG_CRC) != 0) {
            advance(in, 2, place);
        }
        return in.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Compares the checksum and length behind the deflate data with what came out of it.
     *
     * @return what follows the member
     */
    static ByteBuffer checkTrailer(ByteBuffer afterDeflate, ByteBuffer decoded, String place) {
        if (afterDeflate.remaining() < TRAILER_BYTES) {
            throw ChunkDecoder.corrupt(place, "has gzip data without its checksum", null);
        }
        CRC32 crc = new CRC32();
        crc.update(decoded.duplicate());
        ByteBuffer trailer = afterDeflate.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (trailer.getInt(0) != (int) crc.getValue() || trailer.getInt(4) != decoded.remaining()) {
            throw ChunkDecoder.corrupt(place, "has a gzip checksum that its data does not give", null);
        }
        return trailer.position(TRAILER_BYTES).slice();
    }

    private static void skipText(ByteBuffer in, String place) {
        while (in.hasRemaining()) {
            if (in.get() == 0) {
                return;
            }
        }
        throw ChunkDecoder.corrupt(place, "has a gzip header that does not end", null);
    }

    private static void advance(ByteBuffer in, int bytes, String place) {
        if (bytes > in.remaining()) {
            throw ChunkDecoder.corrupt(place, "has a gzip header that does not end", null);
        }
        in.position(in.position() + bytes);
    }
}
