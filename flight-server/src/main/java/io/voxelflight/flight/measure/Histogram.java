package io.voxelflight.flight.measure;

/**
 * Counts of values in bins of equal width, by NumPy's rules: a bin takes its lower edge, the last one its upper edge too;
 * values outside of the range are left out. A range of one value is widened by a half on each side.
 */
final class Histogram {
    final double[] edges;
    final long[] counts;

    Histogram(int bins, double low, double high) {
        double from = low == high ? low - 0.5 : low;
        double to = low == high ? high + 0.5 : high;
        edges = new double[bins + 1];
        for (int i = 0; i < bins; i++) {
            edges[i] = from + i * ((to - from) / bins);
        }
        edges[bins] = to;
        counts = new long[bins];
    }

    void add(VoxelRow row, int n) {
        double from = edges[0];
        double to = edges[counts.length];
        double norm = counts.length / (to - from);
        for (int i = 0; i < n; i++) {
            double value = row.values[i];
            if (value >= from && value <= to) {
                int bin = Math.min(counts.length - 1, (int) ((value - from) * norm));
                if (value < edges[bin]) { // rounded up
                    bin--;
                } else if (bin < counts.length - 1 && value >= edges[bin + 1]) { // rounded down
                    bin++;
                }
                counts[bin]++;
            }
        }
    }
}
