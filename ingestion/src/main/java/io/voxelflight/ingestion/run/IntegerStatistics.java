package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Integers of 32 and 64 bits: an exact sum, deviations in a second pass, distinct values by hashing. */
final class IntegerStatistics extends Statistics {
    private final Elements elements;
    private final int bytes;
    /** Unsigned 64-bit numbers: compared and converted as such. */
    private final boolean unsignedLong;

    private final DistinctCounts distinct = new DistinctCounts();
    private final Entropy entropy = new Entropy();
    private final @Nullable LabelCounts labels;

    IntegerStatistics(ElementType type, boolean labels) {
        this.elements = Elements.of(type);
        this.bytes = type.bytes();
        this.unsignedLong = type == ElementType.UINT64;
        this.labels = labels ? new LabelCounts(type.isUnsigned()) : null;
    }

    @Override
    ChunkSummary measure(ChunkView chunk) {
        long flip = unsignedLong ? Long.MIN_VALUE : 0; // makes signed comparison the unsigned one
        int length = chunk.runLength();
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        long high = 0;
        long low = 0;
        int zeros = 0;
        for (int i = 0; i < chunk.runs(); i++) {
            long address = chunk.run(i);
            for (int x = 0; x < length; x++) {
                long value = elements.integer(address + (long) x * bytes);
                min = Math.min(min, value ^ flip);
                max = Math.max(max, value ^ flip);
                high += unsignedLong ? value >>> 32 : value >> 32;
                low += value & 0xffffffffL;
                zeros += value == 0 ? 1 : 0;
            }
        }
        int total = chunk.count();
        BigInteger sum = BigInteger.valueOf(high).shiftLeft(32).add(BigInteger.valueOf(low));
        double mean = sum.doubleValue() / total;
        double deviation = min == max ? 0 : Math.sqrt(squares(chunk, mean) / total);
        countDistinct(chunk);
        return new ChunkSummary(
                real(min ^ flip),
                real(max ^ flip),
                mean,
                deviation,
                (double) (total - zeros) / total,
                entropy.bits(total),
                labels == null ? "{}" : labels.json());
    }

    private double squares(ChunkView chunk, double mean) {
        int length = chunk.runLength();
        CompensatedSum sum = new CompensatedSum();
        for (int i = 0; i < chunk.runs(); i++) {
            long address = chunk.run(i);
            double part = 0;
            for (int x = 0; x < length; x++) {
                double off = real(elements.integer(address + (long) x * bytes)) - mean;
                part += off * off;
            }
            sum.add(part);
        }
        return sum.value();
    }

    private double real(long value) {
        if (unsignedLong && value < 0) {
            return (double) ((value >>> 1) | (value & 1)) * 2; // the last bit kept for the rounding
        }
        return (double) value;
    }

    private void countDistinct(ChunkView chunk) {
        int length = chunk.runLength();
        for (int bits = 0; ; bits = bits == 0 ? DistinctCounts.partitionBits(chunk.count()) : bits + 1) {
            entropy.reset();
            if (labels != null) {
                labels.reset();
            }
            boolean complete = true;
            for (int part = 0; part < 1 << bits && complete; part++) {
                distinct.begin(bits, part);
                for (int i = 0; i < chunk.runs() && !distinct.isFull(); i++) {
                    long address = chunk.run(i);
                    for (int x = 0; x < length; x++) {
                        distinct.add(elements.integer(address + (long) x * bytes));
                    }
                }
                complete = distinct.end((value, count) -> {
                    entropy.add(count);
                    if (labels != null) {
                        labels.add(value, count);
                    }
                });
            }
            if (complete) {
                return;
            }
        }
    }
}
