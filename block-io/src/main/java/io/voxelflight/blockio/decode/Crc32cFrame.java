package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Zarr v3's {@code crc32c}: the checksum of the data (Castagnoli), little-endian, behind it. */
final class Crc32cFrame implements ByteCodec.Frame {
    @Override
    public int frameBytes() {
        return Integer.BYTES;
    }

    @Override
    public ByteBuffer body(ByteBuffer input, String place) {
        ByteBuffer framed = input.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (framed.remaining() < Integer.BYTES) {
            throw ChunkDecoder.corrupt(place, "has " + framed.remaining() + " bytes, too few for its checksum", null);
        }
        ByteBuffer body = framed.slice(0, framed.remaining() - Integer.BYTES);
        int stored = framed.getInt(body.remaining());
        CRC32C crc = new CRC32C();
        crc.update(body.duplicate());
        if ((int) crc.getValue() != stored) {
            throw ChunkDecoder.corrupt(
                    place,
                    String.format("has the CRC-32C %08x, its data gives %08x", stored, (int) crc.getValue()),
                    null);
        }
        return body;
    }
}
