package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * Undoes byte and bit shuffles: planes of bytes (or bits) of all elements become elements again. Eight bytes at a time in
 * a long, with a method for each element size: a loop over sizes in one method halves the speed once another size has
 * warmed it. By address: indices of buffers would be checked at each access.
 *
 * @see <a href="https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst">C-Blosc's format</a>
 */
final class Unshuffle {
    private static final long BYTES_02 = 0x00ff00ff00ff00ffL;
    private static final long BYTES_01 = 0x0000ffff0000ffffL;
    private static final long LOW = 0xffffffffL;

    private Unshuffle() {}

    /**
     * Undoes a shuffle of bytes. What is left behind the last whole element is copied.
     *
     * @param from all of it, from position 0 on
     * @param to as long as {@code from}, another buffer
     */
    static void bytes(ByteBuffer from, ByteBuffer to, int elementBytes) {
        int total = from.remaining();
        if (to.remaining() != total) {
            throw new IllegalArgumentException(total + " bytes do not fit " + to.remaining());
        }
        long source = address(from);
        long target = address(to);
        int elements = total / elementBytes;
        int done =
                switch (elementBytes) {
                    case 1 -> 0;
                    case 2 -> bytes2(source, target, elements);
                    case 4 -> bytes4(source, target, elements);
                    case 8 -> bytes8(source, target, elements);
                    default -> 0;
                };
        if (elementBytes == 1) {
            MemoryUtil.copyMemory(source, target, total);
            return;
        }
        rest(source, target, elements, elementBytes, done);
        int whole = elements * elementBytes;
        MemoryUtil.copyMemory(source + whole, target + whole, total - whole);
    }

    /** Of a direct buffer's position. Every caller has checked that what it touches is inside. */
    private static long address(ByteBuffer buffer) {
        return MemoryUtil.getByteBufferAddress(buffer) + buffer.position();
    }

    private static void rest(long source, long target, int elements, int elementBytes, int done) {
        for (int plane = 0; plane < elementBytes; plane++) {
            int at = plane * elements;
            for (int i = done; i < elements; i++) {
                MemoryUtil.putByte(target + (long) i * elementBytes + plane, MemoryUtil.getByte(source + at + i));
            }
        }
    }

    /** The four low bytes of a long at its even places. */
    private static long spread(long low) {
        long wide = (low | low << 16) & BYTES_01;
        return (wide | wide << 8) & BYTES_02;
    }

    /** The two low pairs of bytes of a long at its even pairs. */
    private static long spreadPairs(long low) {
        return (low | low << 16) & BYTES_01;
    }

    private static int bytes2(long source, long target, int elements) {
        int groups = elements & -8;
        for (int i = 0; i < groups; i += 8) {
            long a = MemoryUtil.getLong(source + i);
            long b = MemoryUtil.getLong(source + elements + i);
            MemoryUtil.putLong(target + 2L * i, spread(a & LOW) | spread(b & LOW) << 8);
            MemoryUtil.putLong(target + 2L * i + 8, spread(a >>> 32) | spread(b >>> 32) << 8);
        }
        return groups;
    }

    private static int bytes4(long source, long target, int elements) {
        int groups = elements & -8;
        for (int i = 0; i < groups; i += 8) {
            long a = MemoryUtil.getLong(source + i);
            long b = MemoryUtil.getLong(source + elements + i);
            long c = MemoryUtil.getLong(source + 2L * elements + i);
            long d = MemoryUtil.getLong(source + 3L * elements + i);
            long ab0 = spread(a & LOW) | spread(b & LOW) << 8;
            long ab1 = spread(a >>> 32) | spread(b >>> 32) << 8;
            long cd0 = spread(c & LOW) | spread(d & LOW) << 8;
            long cd1 = spread(c >>> 32) | spread(d >>> 32) << 8;
            MemoryUtil.putLong(target + 4L * i, spreadPairs(ab0 & LOW) | spreadPairs(cd0 & LOW) << 16);
            MemoryUtil.putLong(target + 4L * i + 8, spreadPairs(ab0 >>> 32) | spreadPairs(cd0 >>> 32) << 16);
            MemoryUtil.putLong(target + 4L * i + 16, spreadPairs(ab1 & LOW) | spreadPairs(cd1 & LOW) << 16);
            MemoryUtil.putLong(target + 4L * i + 24, spreadPairs(ab1 >>> 32) | spreadPairs(cd1 >>> 32) << 16);
        }
        return groups;
    }

    private static int bytes8(long source, long target, int elements) {
        int groups = elements & -8;
        for (int i = 0; i < groups; i += 8) {
            long a = MemoryUtil.getLong(source + i);
            long b = MemoryUtil.getLong(source + elements + i);
            long c = MemoryUtil.getLong(source + 2L * elements + i);
            long d = MemoryUtil.getLong(source + 3L * elements + i);
            long e = MemoryUtil.getLong(source + 4L * elements + i);
            long f = MemoryUtil.getLong(source + 5L * elements + i);
            long g = MemoryUtil.getLong(source + 6L * elements + i);
            long h = MemoryUtil.getLong(source + 7L * elements + i);
            // pairs of bytes, then of pairs, then of fours: row k becomes element k
            long ab0 = spread(a & LOW) | spread(b & LOW) << 8;
            long ab1 = spread(a >>> 32) | spread(b >>> 32) << 8;
            long cd0 = spread(c & LOW) | spread(d & LOW) << 8;
            long cd1 = spread(c >>> 32) | spread(d >>> 32) << 8;
            long ef0 = spread(e & LOW) | spread(f & LOW) << 8;
            long ef1 = spread(e >>> 32) | spread(f >>> 32) << 8;
            long gh0 = spread(g & LOW) | spread(h & LOW) << 8;
            long gh1 = spread(g >>> 32) | spread(h >>> 32) << 8;
            four(target, 8 * i, ab0, cd0, ef0, gh0);
            four(target, 8 * i + 32, ab1, cd1, ef1, gh1);
        }
        return groups;
    }

    /** Four elements of eight bytes from the pairs of their bytes. */
    private static void four(long target, int at, long ab, long cd, long ef, long gh) {
        long abcd0 = spreadPairs(ab & LOW) | spreadPairs(cd & LOW) << 16;
        long abcd1 = spreadPairs(ab >>> 32) | spreadPairs(cd >>> 32) << 16;
        long efgh0 = spreadPairs(ef & LOW) | spreadPairs(gh & LOW) << 16;
        long efgh1 = spreadPairs(ef >>> 32) | spreadPairs(gh >>> 32) << 16;
        MemoryUtil.putLong(target + at, (abcd0 & LOW) | (efgh0 << 32));
        MemoryUtil.putLong(target + at + 8, (abcd0 >>> 32) | (efgh0 & ~LOW));
        MemoryUtil.putLong(target + at + 16, (abcd1 & LOW) | (efgh1 << 32));
        MemoryUtil.putLong(target + at + 24, (abcd1 >>> 32) | (efgh1 & ~LOW));
    }

    /**
     * Undoes a shuffle of bits into planes of bytes, as {@link #bytes} takes them.
     *
     * @param from one row of bits after the other: for each byte of an element its eight bits, the lowest first
     * @param elements a multiple of eight
     */
    static void bits(ByteBuffer from, ByteBuffer to, int elements, int elementBytes) {
        if (elements % 8 != 0
                || from.remaining() < (long) elements * elementBytes
                || to.remaining() < (long) elements * elementBytes) {
            throw new IllegalArgumentException(elements + " elements of " + elementBytes + " bytes do not fit");
        }
        long source = address(from);
        long target = address(to);
        int row = elements / 8;
        int groups = row & -8;
        for (int plane = 0; plane < elementBytes; plane++) {
            int at = plane * elements;
            for (int i = 0; i < groups; i += 8) {
                sixtyFour(source, at + i, row, target, at + 8 * i);
            }
            for (int i = groups; i < row; i++) {
                long rows = 0;
                for (int bit = 0; bit < 8; bit++) {
                    rows |= (MemoryUtil.getByte(source + at + (long) bit * row + i) & 0xffL) << (8 * bit);
                }
                MemoryUtil.putLong(target + at + 8L * i, transposeBits(rows));
            }
        }
    }

    /** Sixty-four bytes of a plane: eight bytes of each of its eight rows of bits. */
    private static void sixtyFour(long source, int at, int row, long target, int to) {
        long a = MemoryUtil.getLong(source + at);
        long b = MemoryUtil.getLong(source + at + row);
        long c = MemoryUtil.getLong(source + at + 2L * row);
        long d = MemoryUtil.getLong(source + at + 3L * row);
        long e = MemoryUtil.getLong(source + at + 4L * row);
        long f = MemoryUtil.getLong(source + at + 5L * row);
        long g = MemoryUtil.getLong(source + at + 6L * row);
        long h = MemoryUtil.getLong(source + at + 7L * row);
        long ab0 = spread(a & LOW) | spread(b & LOW) << 8;
        long ab1 = spread(a >>> 32) | spread(b >>> 32) << 8;
        long cd0 = spread(c & LOW) | spread(d & LOW) << 8;
        long cd1 = spread(c >>> 32) | spread(d >>> 32) << 8;
        long ef0 = spread(e & LOW) | spread(f & LOW) << 8;
        long ef1 = spread(e >>> 32) | spread(f >>> 32) << 8;
        long gh0 = spread(g & LOW) | spread(h & LOW) << 8;
        long gh1 = spread(g >>> 32) | spread(h >>> 32) << 8;
        fourOfBits(target, to, ab0, cd0, ef0, gh0);
        fourOfBits(target, to + 32, ab1, cd1, ef1, gh1);
    }

    private static void fourOfBits(long target, int at, long ab, long cd, long ef, long gh) {
        long abcd0 = spreadPairs(ab & LOW) | spreadPairs(cd & LOW) << 16;
        long abcd1 = spreadPairs(ab >>> 32) | spreadPairs(cd >>> 32) << 16;
        long efgh0 = spreadPairs(ef & LOW) | spreadPairs(gh & LOW) << 16;
        long efgh1 = spreadPairs(ef >>> 32) | spreadPairs(gh >>> 32) << 16;
        MemoryUtil.putLong(target + at, transposeBits((abcd0 & LOW) | (efgh0 << 32)));
        MemoryUtil.putLong(target + at + 8, transposeBits((abcd0 >>> 32) | (efgh0 & ~LOW)));
        MemoryUtil.putLong(target + at + 16, transposeBits((abcd1 & LOW) | (efgh1 << 32)));
        MemoryUtil.putLong(target + at + 24, transposeBits((abcd1 >>> 32) | (efgh1 & ~LOW)));
    }

    /** Eight rows of eight bits, turned round: Hacker's Delight, 7-3. */
    private static long transposeBits(long rows) {
        long x = rows;
        long t = (x ^ (x >>> 7)) & 0x00aa00aa00aa00aaL;
        x = x ^ t ^ (t << 7);
        t = (x ^ (x >>> 14)) & 0x0000cccc0000ccccL;
        x = x ^ t ^ (t << 14);
        t = (x ^ (x >>> 28)) & 0x00000000f0f0f0f0L;
        return x ^ t ^ (t << 28);
    }
}
