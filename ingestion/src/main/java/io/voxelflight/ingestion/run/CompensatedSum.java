package io.voxelflight.ingestion.run;

/** A sum of doubles that carries what each addition loses (Neumaier's variant of Kahan's algorithm). */
final class CompensatedSum {
    private double sum;
    private double lost;

    void add(double value) {
        double next = sum + value;
        lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
        sum = next;
    }

    double value() {
        double value = sum + lost;
        return Double.isNaN(value) ? sum : value; // infinities have nothing to compensate
    }
}
