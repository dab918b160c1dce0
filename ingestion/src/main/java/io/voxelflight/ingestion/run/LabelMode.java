package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;

/** The most frequent of the covered labels, the smallest of equals. */
final class LabelMode extends Downsampler {
    private final Elements elements;
    private final int bytes;
    /** Makes signed comparison the unsigned one for 64-bit labels; smaller unsigned types are read as positive. */
    private final long flip;

    private final long[] seen = new long[8];

    LabelMode(ElementType type) {
        super(type);
        this.elements = Elements.of(type);
        this.bytes = type.bytes();
        this.flip = type == ElementType.UINT64 ? Long.MIN_VALUE : 0;
    }

    @Override
    void row(long[] rows, int count, int across, int length, long target) {
        for (int x = 0; x < length; x++) {
            int total = 0;
            boolean same = true;
            for (int r = 0; r < count; r++) {
                for (int i = 0; i < across; i++) {
                    long value = elements.integer(rows[r] + (long) (x * across + i) * bytes);
                    same &= total == 0 || value == seen[0];
                    seen[total++] = value;
                }
            }
            elements.putInteger(target + (long) x * bytes, same ? seen[0] : mode(total));
        }
    }

    private long mode(int total) {
        long best = 0;
        int most = 0;
        for (int i = 0; i < total; i++) {
            long value = seen[i];
            int votes = 1;
            for (int j = i + 1; j < total; j++) {
                if (seen[j] == value) {
                    votes++;
                }
            }
            // counted from its first appearance on: later ones of the same value have fewer votes
            if (votes > most || (votes == most && (value ^ flip) < (best ^ flip))) {
                best = value;
                most = votes;
            }
        }
        return best;
    }
}
