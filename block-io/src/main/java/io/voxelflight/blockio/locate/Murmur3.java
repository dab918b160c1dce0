package io.voxelflight.blockio.locate;

/**
 * MurmurHash3_x86_128 of one 64-bit number (little-endian, seed 0): its lower half.
 *
 * @see <a href="https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp">The reference</a>
 */
final class Murmur3 {
    private static final int C1 = 0x239b961b;
    private static final int C2 = 0xab0e9789;
    private static final int C3 = 0x38b34ae5;
    private static final int KEY_BYTES = 8;

    private Murmur3() {}

    static long hash(long key) {
        // eight bytes are no whole block of 16: only the tail's steps of words 2 and 1 are left
        int h2 = Integer.rotateLeft((int) (key >>> 32) * C2, 16) * C3;
        int h1 = Integer.rotateLeft((int) key * C1, 15) * C2;
        int h3 = KEY_BYTES;
        int h4 = KEY_BYTES;
        h1 ^= KEY_BYTES;
        h2 ^= KEY_BYTES;

        h1 += h2 + h3 + h4;
        h2 += h1;
        h3 += h1;
        h4 += h1;
        h1 = mix(h1);
        h2 = mix(h2);
        h3 = mix(h3);
        h4 = mix(h4);
        h1 += h2 + h3 + h4;
        h2 += h1;
        return ((long) h2 << 32) | (h1 & 0xffffffffL);
    }

    private static int mix(int value) {
        int h = value;
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        return h ^ (h >>> 16);
    }
}
