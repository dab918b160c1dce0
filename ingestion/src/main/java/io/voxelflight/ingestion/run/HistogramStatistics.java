package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;
import io.voxelflight.model.HalfFloats;
import java.util.Arrays;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;

/**
 * Types of 8 and 16 bits: one pass counts every bit pattern, all else follows exactly from the counts. Several tables in
 * turn, as neighbours are often equal and an increment must wait for the last one of the same counter.
 */
final class HistogramStatistics extends Statistics {
    private static final int BYTE_TABLES = 4;
    private static final int SHORT_TABLES = 2;

    private final ElementType type;
    private final int bins;
    private final int[] counts;
    private final Entropy entropy = new Entropy();
    private final @Nullable LabelCounts labels;

    HistogramStatistics(ElementType type, boolean labels) {
        this.type = type;
        this.bins = type.bytes() == 1 ? 1 << 8 : 1 << 16;
        this.counts = new int[bins * (type.bytes() == 1 ? BYTE_TABLES : SHORT_TABLES)];
        this.labels = labels ? new LabelCounts(type.isUnsigned()) : null;
    }

    @Override
    ChunkSummary measure(ChunkView chunk) {
        Arrays.fill(counts, 0);
        int length = chunk.runLength();
        for (int i = 0; i < chunk.runs(); i++) {
            if (type.bytes() == 1) {
                countBytes(counts, chunk.run(i), length);
            } else {
                countShorts(counts, chunk.run(i), length);
            }
        }
        for (int table = 1; table < counts.length / bins; table++) {
            for (int bin = 0; bin < bins; bin++) {
                counts[bin] += counts[table * bins + bin];
            }
        }
        return type.isFloat() ? halves(chunk.count()) : integers(chunk.count());
    }

    private static void countBytes(int[] counts, long address, int length) {
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            long word = MemoryUtil.getLong(address + i);
            counts[(int) word & 0xff]++;
            counts[256 + ((int) (word >>> 8) & 0xff)]++;
            counts[512 + ((int) (word >>> 16) & 0xff)]++;
            counts[768 + ((int) (word >>> 24) & 0xff)]++;
            counts[(int) (word >>> 32) & 0xff]++;
            counts[256 + ((int) (word >>> 40) & 0xff)]++;
            counts[512 + ((int) (word >>> 48) & 0xff)]++;
            counts[768 + (int) (word >>> 56)]++;
        }
        for (; i < length; i++) {
            counts[MemoryUtil.getByte(address + i) & 0xff]++;
        }
    }

    private static void countShorts(int[] counts, long address, int length) {
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            long word = MemoryUtil.getLong(address + 2L * i);
            counts[(int) word & 0xffff]++;
            counts[65536 + ((int) (word >>> 16) & 0xffff)]++;
            counts[(int) (word >>> 32) & 0xffff]++;
            counts[65536 + (int) (word >>> 48)]++;
        }
        for (; i < length; i++) {
            counts[MemoryUtil.getShort(address + 2L * i) & 0xffff]++;
        }
    }

    private ChunkSummary integers(int total) {
        entropy.reset();
        if (labels != null) {
            labels.reset();
        }
        int lowest = type.isUnsigned() ? 0 : -bins / 2;
        int min = Integer.MAX_VALUE;
        int max = Integer.MIN_VALUE;
        long sum = 0;
        for (int value = lowest; value < lowest + bins; value++) {
            int count = counts[value & (bins - 1)];
            if (count > 0) {
                min = Math.min(min, value);
                max = value;
                sum += (long) count * value;
                entropy.add(count);
                if (labels != null) {
                    labels.add(value, count);
                }
            }
        }
        double mean = (double) sum / total;
        double squares = 0;
        for (int value = min; value <= max; value++) {
            squares += counts[value & (bins - 1)] * ((value - mean) * (value - mean));
        }
        return new ChunkSummary(
                (double) min,
                (double) max,
                mean,
                Math.sqrt(squares / total),
                (double) (total - counts[0]) / total,
                entropy.bits(total),
                labels == null ? "{}" : labels.json());
    }

    private ChunkSummary halves(int total) {
        int numbers = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int bin = 0; bin < bins; bin++) {
            int count = counts[bin];
            float value = HalfFloats.toFloat((short) bin);
            if (count > 0 && !Float.isNaN(value)) {
                numbers += count;
                min = Math.min(min, value);
                max = Math.max(max, value);
                sum += (double) count * value;
            }
        }
        double nonzero = (double) (total - counts[0] - counts[0x8000]) / total;
        String attrs = total > numbers ? "{\"nan\": " + (total - numbers) + "}" : "{}";
        if (numbers == 0) {
            return new ChunkSummary(null, null, null, null, nonzero, null, attrs);
        }
        double mean = sum / numbers;
        double squares = 0;
        for (int bin = 0; bin < bins; bin++) {
            float value = HalfFloats.toFloat((short) bin);
            if (counts[bin] > 0 && !Float.isNaN(value)) {
                squares += counts[bin] * ((value - mean) * (value - mean));
            }
        }
        return new ChunkSummary(min, max, mean, Math.sqrt(squares / numbers), nonzero, null, attrs);
    }
}
