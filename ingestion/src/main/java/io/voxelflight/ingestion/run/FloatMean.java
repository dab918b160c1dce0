package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;

/** The mean of floats, added as doubles. NaN is left out: a coarse voxel is NaN only if all that it covers is. */
final class FloatMean extends Downsampler {
    private final Elements elements;
    private final int bytes;

    FloatMean(ElementType type) {
        super(type);
        this.elements = Elements.of(type);
        this.bytes = type.bytes();
    }

    @Override
    void row(long[] rows, int count, int across, int length, long target) {
        for (int x = 0; x < length; x++) {
            double sum = 0;
            int numbers = 0;
            for (int r = 0; r < count; r++) {
                for (int i = 0; i < across; i++) {
                    double value = elements.real(rows[r] + (long) (x * across + i) * bytes);
                    if (!Double.isNaN(value)) {
                        sum += value;
                        numbers++;
                    }
                }
            }
            elements.putReal(target + (long) x * bytes, sum / numbers);
        }
    }
}
