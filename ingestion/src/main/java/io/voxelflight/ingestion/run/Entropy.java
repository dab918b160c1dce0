package io.voxelflight.ingestion.run;

/** The entropy in bits of a histogram, whose counts come one by one. */
final class Entropy {
    private static final double[] SMALL = new double[1 << 12];

    static {
        for (int i = 2; i < SMALL.length; i++) {
            SMALL[i] = i * Math.log(i);
        }
    }

    private double sum;

    void reset() {
        sum = 0;
    }

    void add(int count) {
        sum += count < SMALL.length ? SMALL[count] : count * Math.log(count);
    }

    /** @param total of all counts */
    double bits(int total) {
        double bits = (Math.log(total) - sum / total) / Math.log(2);
        return Math.max(0, bits); // a single value gives 0 but for rounding
    }
}
