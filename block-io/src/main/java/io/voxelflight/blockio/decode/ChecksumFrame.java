package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ToLongFunction;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** A checksum of the data in four bytes, little-endian, before or behind it. */
final class ChecksumFrame implements ByteCodec.Frame {
    private final String name;
    private final boolean atEnd;
    private final ToLongFunction<ByteBuffer> checksum;

    private ChecksumFrame(String name, boolean atEnd, ToLongFunction<ByteBuffer> checksum) {
        this.name = name;
        this.atEnd = atEnd;
        this.checksum = checksum;
    }

    /** Zarr v3's {@code crc32c} (Castagnoli). */
    static ChecksumFrame crc32c() {
        return new ChecksumFrame("CRC-32C", true, data -> of(new CRC32C(), data));
    }

    /** numcodecs' {@code crc32}. */
    static ChecksumFrame crc32(boolean atEnd) {
        return new ChecksumFrame("CRC-32", atEnd, data -> of(new CRC32(), data));
    }

    /** numcodecs' {@code adler32}. */
    static ChecksumFrame adler32(boolean atEnd) {
        return new ChecksumFrame("Adler-32", atEnd, data -> of(new Adler32(), data));
    }

    /** numcodecs' {@code fletcher32}, that of HDF5. */
    static ChecksumFrame fletcher32() {
        return new ChecksumFrame("Fletcher-32", true, ChecksumFrame::fletcher);
    }

    private static long of(Checksum checksum, ByteBuffer data) {
        checksum.update(data.duplicate());
        return checksum.getValue();
    }

    /** Sums of big-endian words of 16 bits, folded to 16 bits. */
    private static long fletcher(ByteBuffer data) {
        ByteBuffer words = data.slice().order(ByteOrder.BIG_ENDIAN);
        int sum1 = 0;
        int sum2 = 0;
        int left = words.remaining() / 2;
        while (left > 0) {
            int count = Math.min(left, 360); // so many sums fit into 32 bits
            left -= count;
            for (int i = 0; i < count; i++) {
                sum1 += words.getShort() & 0xffff;
                sum2 += sum1;
            }
            sum1 = fold(sum1);
            sum2 = fold(sum2);
        }
        if (words.hasRemaining()) {
            sum1 += (words.get() & 0xff) << 8;
            sum2 += sum1;
            sum1 = fold(sum1);
            sum2 = fold(sum2);
        }
        return (fold(sum2) << 16 | fold(sum1)) & 0xffffffffL;
    }

    private static int fold(int sum) {
        return (sum & 0xffff) + (sum >>> 16);
    }

    @Override
    public int frameBytes() {
        return Integer.BYTES;
    }

    @Override
    public ByteBuffer body(ByteBuffer input, String place) {
        ByteBuffer framed = input.slice().order(ByteOrder.LITTLE_ENDIAN);
        int bytes = framed.remaining() - Integer.BYTES;
        if (bytes < 0) {
            throw ChunkDecoder.corrupt(place, "has " + framed.remaining() + " bytes, too few for its checksum", null);
        }
        ByteBuffer body = framed.slice(atEnd ? 0 : Integer.BYTES, bytes);
        int stored = framed.getInt(atEnd ? bytes : 0);
        int found = (int) checksum.applyAsLong(body);
        if (found != stored) {
            throw ChunkDecoder.corrupt(
                    place, String.format("has the %s %08x, its data gives %08x", name, stored, found), null);
        }
        return body;
    }
}
