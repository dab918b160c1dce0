package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Undoes byte and bit shuffles: planes of bytes (or bits) of all elements become elements again. Eight bytes at a time in
 * a long, with a method for each element size: a loop over sizes in one method halves the speed once another size has
 * warmed it.
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
        ByteBuffer source = from.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer target = to.slice().order(ByteOrder.LITTLE_ENDIAN);
        int total = source.remaining();
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
            target.put(0, source, 0, total);
            return;
        }
        rest(source, target, elements, elementBytes, done);
        int whole = elements * elementBytes;
        target.put(whole, source, whole, total - whole);
    }

    private static void rest(ByteBuffer source, ByteBuffer target, int elements, int elementBytes, int done) {
        for (int plane = 0; plane < elementBytes; plane++) {
            int at = plane * elements;
            for (int i = done; i < elements; i++) {
                target.put(i * elementBytes + plane, source.get(at + i));
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

    private static int bytes2(ByteBuffer source, ByteBuffer target, int elements) {
        int groups = elements & -8;
        for (int i = 0; i < groups; i += 8) {
            long a = source.getLong(i);
            long b = source.getLong(elements + i);
            target.putLong(2 * i, spread(a & LOW) | spread(b & LOW) << 8);
            target.putLong(2 * i + 8, spread(a >>> 32) | spread(b >>> 32) << 8);
        }
        return groups;
    }

    private static int bytes4(ByteBuffer source, ByteBuffer target, int elements) {
        int groups = elements & -8;
        for (int i = 0; i < groups; i += 8) {
            long a = source.getLong(i);
            long b = source.getLong(elements + i);
            long c = source.getLong(2 * elements + i);
            long d = source.getLong(3 * elements + i);
            long ab0 = spread(a & LOW) | spread(b & LOW) << 8;
            long ab1 = spread(a >>> 32) | spread(b >>> 32) << 8;
            long cd0 = spread(c & LOW) | spread(d & LOW) << 8;
            long cd1 = spread(c >>> 32) | spread(d >>> 32) << 8;
            target.putLong(4 * i, spreadPairs(ab0 & LOW) | spreadPairs(cd0 & LOW) << 16);
            target.putLong(4 * i + 8, spreadPairs(ab0 >>> 32) | spreadPairs(cd0 >>> 32) << 16);
            target.putLong(4 * i + 16, spreadPairs(ab1 & LOW) | spreadPairs(cd1 & LOW) << 16);
            target.putLong(4 * i + 24, spreadPairs(ab1 >>> 32) | spreadPairs(cd1 >>> 32) << 16);
        }
        return groups;
    }

    private static int bytes8(ByteBuffer source, ByteBuffer target, int elements) {
        int groups = elements & -8;
        for (int i = 0; i < groups; i += 8) {
            long a = source.getLong(i);
            long b = source.getLong(elements + i);
            long c = source.getLong(2 * elements + i);
            long d = source.getLong(3 * elements + i);
            long e = source.getLong(4 * elements + i);
            long f = source.getLong(5 * elements + i);
            long g = source.getLong(6 * elements + i);
            long h = source.getLong(7 * elements + i);
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
    private static void four(ByteBuffer target, int at, long ab, long cd, long ef, long gh) {
        long abcd0 = spreadPairs(ab & LOW) | spreadPairs(cd & LOW) << 16;
        long abcd1 = spreadPairs(ab >>> 32) | spreadPairs(cd >>> 32) << 16;
        long efgh0 = spreadPairs(ef & LOW) | spreadPairs(gh & LOW) << 16;
        long efgh1 = spreadPairs(ef >>> 32) | spreadPairs(gh >>> 32) << 16;
        target.putLong(at, (abcd0 & LOW) | (efgh0 << 32));
        target.putLong(at + 8, (abcd0 >>> 32) | (efgh0 & ~LOW));
        target.putLong(at + 16, (abcd1 & LOW) | (efgh1 << 32));
        target.putLong(at + 24, (abcd1 >>> 32) | (efgh1 & ~LOW));
    }

    /**
     * Undoes a shuffle of bits into planes of bytes, as {@link #bytes} takes them.
     *
     * @param from one row of bits after the other: for each byte of an element its eight bits, the lowest first
     * @param elements a multiple of eight
     */
    static void bits(ByteBuffer from, ByteBuffer to, int elements, int elementBytes) {
        ByteBuffer source = from.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer target = to.slice().order(ByteOrder.LITTLE_ENDIAN);
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
                    rows |= (source.get(at + bit * row + i) & 0xffL) << (8 * bit);
                }
                target.putLong(at + 8 * i, transposeBits(rows));
            }
        }
    }

    /** Sixty-four bytes of a plane: eight bytes of each of its eight rows of bits. */
    private static void sixtyFour(ByteBuffer source, int at, int row, ByteBuffer target, int to) {
        long a = source.getLong(at);
        long b = source.getLong(at + row);
        long c = source.getLong(at + 2 * row);
        long d = source.getLong(at + 3 * row);
        long e = source.getLong(at + 4 * row);
        long f = source.getLong(at + 5 * row);
        long g = source.getLong(at + 6 * row);
        long h = source.getLong(at + 7 * row);
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

    private static void fourOfBits(ByteBuffer target, int at, long ab, long cd, long ef, long gh) {
        long abcd0 = spreadPairs(ab & LOW) | spreadPairs(cd & LOW) << 16;
        long abcd1 = spreadPairs(ab >>> 32) | spreadPairs(cd >>> 32) << 16;
        long efgh0 = spreadPairs(ef & LOW) | spreadPairs(gh & LOW) << 16;
        long efgh1 = spreadPairs(ef >>> 32) | spreadPairs(gh >>> 32) << 16;
        target.putLong(at, transposeBits((abcd0 & LOW) | (efgh0 << 32)));
        target.putLong(at + 8, transposeBits((abcd0 >>> 32) | (efgh0 & ~LOW)));
        target.putLong(at + 16, transposeBits((abcd1 & LOW) | (efgh1 << 32)));
        target.putLong(at + 24, transposeBits((abcd1 >>> 32) | (efgh1 & ~LOW)));
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
