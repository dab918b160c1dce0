package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;

/** The mean of integers of up to 32 bits, rounded half to even. */
class IntegerMean extends Downsampler {
    private final Elements elements;
    private final int bytes;

    IntegerMean(ElementType type) {
        super(type);
        this.elements = Elements.of(type);
        this.bytes = type.bytes();
    }

    @Override
    void row(long[] rows, int count, int across, int length, long target) {
        int shift = log2(count * across);
        if (count == 4 && across == 2) {
            rowOfEights(rows[0], rows[1], rows[2], rows[3], length, target);
            return;
        }
        for (int x = 0; x < length; x++) {
            long offset = (long) x * across * bytes;
            long sum = 0;
            for (int r = 0; r < count; r++) {
                sum += elements.integer(rows[r] + offset);
                if (across == 2) {
                    sum += elements.integer(rows[r] + offset + bytes);
                }
            }
            elements.putInteger(target + (long) x * bytes, round(sum, shift));
        }
    }

    private void rowOfEights(long a, long b, long c, long d, int length, long target) {
        for (int x = 0; x < length; x++) {
            long at = 2L * x * bytes;
            long next = at + bytes;
            long sum = elements.integer(a + at)
                    + elements.integer(a + next)
                    + elements.integer(b + at)
                    + elements.integer(b + next)
                    + elements.integer(c + at)
                    + elements.integer(c + next)
                    + elements.integer(d + at)
                    + elements.integer(d + next);
            elements.putInteger(target + (long) x * bytes, round(sum, 3));
        }
    }

    /** {@code sum / 2^shift}, half to even. Adding just less than a half, or a half to odd quotients, then flooring. */
    static long round(long sum, int shift) {
        return shift == 0 ? sum : (sum + (1L << (shift - 1)) - 1 + (sum >> shift & 1)) >> shift;
    }
}
