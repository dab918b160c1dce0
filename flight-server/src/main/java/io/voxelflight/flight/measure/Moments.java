package io.voxelflight.flight.measure;

import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.model.ElementType;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Count, extremes, mean and variance of values, gathered part by part and joined by the formula of Chan, Golub and LeVeque
 * (1979) in doubles. Counts and extremes are exact. The relative error of the variance is below n * 2^-52 for n parts, in
 * practice its root; that of the mean likewise, relative to the largest magnitude. NaN is counted and otherwise left out.
 */
final class Moments {
    private final boolean wide;
    private final boolean unsigned;

    long count;
    long nan;
    long nonzero;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    /** Of types whose values a double does not hold exactly. */
    long exactMin;

    long exactMax;
    double mean;
    private double squares; // sum of squared distances to the mean

    Moments(ElementType type) {
        this.wide = VoxelRow.isWide(type);
        this.unsigned = type == ElementType.UINT64;
    }

    /** Adds voxels along x. */
    void add(VoxelRow row, int n) {
        double[] values = row.values;
        double sum = 0;
        long valid = 0;
        for (int i = 0; i < n; i++) {
            double value = values[i];
            if (Double.isNaN(value)) {
                nan++;
                nonzero++;
                continue;
            }
            if (value != 0) {
                nonzero++;
            }
            valid++;
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        if (valid == 0) {
            return;
        }
        long[] exact = row.exact;
        if (exact != null) {
            extremes(exact, n);
        }
        double center = sum / valid;
        double around = 0;
        for (int i = 0; i < n; i++) {
            double distance = values[i] - center;
            if (!Double.isNaN(distance)) {
                around += distance * distance;
            } else if (!Double.isNaN(values[i])) {
                around = Double.NaN; // an infinity among the values
            }
        }
        join(valid, center, around);
    }

    private void extremes(long[] exact, int n) {
        for (int i = 0; i < n; i++) {
            boolean first = count == 0 && i == 0;
            if (first || compare(exact[i], exactMin) < 0) {
                exactMin = exact[i];
            }
            if (first || compare(exact[i], exactMax) > 0) {
                exactMax = exact[i];
            }
        }
    }

    private int compare(long a, long b) {
        return unsigned ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    }

    /** Whether the index's rows are exact: it holds doubles. */
    boolean takesRows() {
        return !wide;
    }

    /** Adds a whole chunk by its statistics. */
    void add(ChunkRow row, long voxels, long nans) {
        nan += nans;
        nonzero += Math.round(row.nonzeroFraction() * voxels);
        Double low = row.min();
        Double high = row.max();
        Double center = row.mean();
        Double spread = row.stddev();
        long valid = voxels - nans;
        if (valid == 0 || low == null || high == null || center == null || spread == null) {
            return;
        }
        min = Math.min(min, low);
        max = Math.max(max, high);
        join(valid, center, spread * spread * valid);
    }

    private void join(long n, double center, double around) {
        double distance = center - mean;
        long all = count + n;
        squares += around + distance * distance * ((double) count * n / all);
        mean = count == 0 ? center : mean + distance * ((double) n / all);
        if (count == 0) {
            squares = around;
        }
        count = all;
    }

    @Nullable
    Number minimum() {
        return count == 0 ? null : wide ? number(exactMin) : Double.valueOf(min);
    }

    @Nullable
    Number maximum() {
        return count == 0 ? null : wide ? number(exactMax) : Double.valueOf(max);
    }

    private Number number(long value) {
        return unsigned && value < 0 ? new BigInteger(Long.toUnsignedString(value)) : (Number) value;
    }

    /** Of the population. */
    double stddev() {
        return Math.sqrt(squares / count);
    }
}
