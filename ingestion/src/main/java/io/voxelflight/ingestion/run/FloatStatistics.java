package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;

/** Floats of 32 and 64 bits: one pass for the mean, one for the deviation from it. Sums of runs are added with compensation. */
final class FloatStatistics extends Statistics {
    private static final double LARGE = 0x1p400;
    private static final double SMALL = 0x1p-400;
    private static final double FACTOR = 0x1p600;

    private final Elements elements;
    private final int bytes;

    FloatStatistics(ElementType type) {
        this.elements = Elements.of(type);
        this.bytes = type.bytes();
    }

    @Override
    ChunkSummary measure(ChunkView chunk) {
        int length = chunk.runLength();
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        int zeros = 0;
        int nans = 0;
        CompensatedSum sum = new CompensatedSum();
        for (int i = 0; i < chunk.runs(); i++) {
            long address = chunk.run(i);
            double part = 0;
            for (int x = 0; x < length; x++) {
                double value = elements.real(address + (long) x * bytes);
                if (Double.isNaN(value)) {
                    nans++;
                    continue;
                }
                if (value == 0) {
                    zeros++;
                }
                min = Math.min(min, value);
                max = Math.max(max, value);
                part += value;
            }
            sum.add(part);
        }
        int total = chunk.count();
        int numbers = total - nans;
        double nonzero = (double) (total - zeros) / total;
        String attrs = nans > 0 ? "{\"nan\": " + nans + "}" : "{}";
        if (numbers == 0) {
            return new ChunkSummary(null, null, null, null, nonzero, null, attrs);
        }
        double scale = scale(Math.max(Math.abs(min), Math.abs(max)));
        double scaledMean = (scale == 1 ? sum.value() : scaledSum(chunk, scale)) / numbers;
        double scaledDeviation = Math.sqrt(squares(chunk, scale, scaledMean) / numbers);
        return new ChunkSummary(min, max, scaledMean / scale, scaledDeviation / scale, nonzero, null, attrs);
    }

    /** A power of two that keeps sums and squares of values up to {@code size} from overflowing and from vanishing. */
    private static double scale(double size) {
        if (Double.isInfinite(size) || size == 0) {
            return 1;
        }
        return size > LARGE ? 1 / FACTOR : size < SMALL ? FACTOR : 1;
    }

    private double scaledSum(ChunkView chunk, double scale) {
        int length = chunk.runLength();
        CompensatedSum sum = new CompensatedSum();
        for (int i = 0; i < chunk.runs(); i++) {
            long address = chunk.run(i);
            double part = 0;
            for (int x = 0; x < length; x++) {
                double value = elements.real(address + (long) x * bytes);
                if (!Double.isNaN(value)) {
                    part += value * scale;
                }
            }
            sum.add(part);
        }
        return sum.value();
    }

    private double squares(ChunkView chunk, double scale, double scaledMean) {
        int length = chunk.runLength();
        CompensatedSum sum = new CompensatedSum();
        for (int i = 0; i < chunk.runs(); i++) {
            long address = chunk.run(i);
            double part = 0;
            for (int x = 0; x < length; x++) {
                double value = elements.real(address + (long) x * bytes);
                if (!Double.isNaN(value)) {
                    double off = value * scale - scaledMean;
                    part += off * off;
                }
            }
            sum.add(part);
        }
        return sum.value();
    }
}
