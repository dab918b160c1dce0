package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;
import org.apache.arrow.memory.util.MemoryUtil;

/** The mean of 64-bit integers, rounded half to even: quotients and remainders are added apart, so nothing overflows. */
final class LongMean extends Downsampler {
    private final boolean unsigned;

    LongMean(ElementType type) {
        super(type);
        this.unsigned = type.isUnsigned();
    }

    @Override
    void row(long[] rows, int count, int across, int length, long target) {
        int shift = log2(count * across);
        long mask = (1L << shift) - 1;
        for (int x = 0; x < length; x++) {
            long quotient = 0;
            long rest = 0;
            for (int r = 0; r < count; r++) {
                for (int i = 0; i < across; i++) {
                    long value = MemoryUtil.getLong(rows[r] + 8L * (x * across + i));
                    quotient += unsigned ? value >>> shift : value >> shift;
                    rest += value & mask;
                }
            }
            quotient += rest >> shift;
            rest &= mask;
            long half = 1L << shift >> 1;
            if (rest > half || (rest == half && half > 0 && (quotient & 1) == 1)) {
                quotient++;
            }
            MemoryUtil.putLong(target + 8L * x, quotient);
        }
    }
}
