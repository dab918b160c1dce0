package io.voxelflight.ingestion.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The labels of one chunk with how many voxels each has. At most {@link #MAX_LABELS} are kept: those with the most
 * voxels, the smaller label of equals.
 */
final class LabelCounts {
    static final int MAX_LABELS = 4096;

    private record Label(long value, int voxels) {}

    private final Comparator<Label> byValue;
    private final Comparator<Label> mostFirst;
    private final boolean unsigned;
    private final List<Label> labels = new ArrayList<>();
    private long distinct;

    LabelCounts(boolean unsigned) {
        this.unsigned = unsigned;
        this.byValue = (a, b) -> unsigned ? Long.compareUnsigned(a.value, b.value) : Long.compare(a.value, b.value);
        this.mostFirst = Comparator.comparingInt(Label::voxels).reversed().thenComparing(byValue);
    }

    void reset() {
        labels.clear();
        distinct = 0;
    }

    /** Counts one label; each label comes once. */
    void add(long value, int voxels) {
        distinct++;
        labels.add(new Label(value, voxels));
        if (labels.size() == 2 * MAX_LABELS) {
            cut();
        }
    }

    private void cut() {
        if (labels.size() > MAX_LABELS) {
            labels.sort(mostFirst);
            labels.subList(MAX_LABELS, labels.size()).clear();
        }
    }

    /** {@code {"labels": {"17": 2041}}}, and {@code "distinct_labels"} where not all of them are listed. */
    String json() {
        cut();
        labels.sort(byValue);
        StringBuilder json = new StringBuilder("{\"labels\": {");
        String separator = "";
        for (Label label : labels) {
            json.append(separator)
                    .append('"')
                    .append(unsigned ? Long.toUnsignedString(label.value) : Long.toString(label.value))
                    .append("\": ")
                    .append(label.voxels);
            separator = ", ";
        }
        json.append('}');
        if (distinct > labels.size()) {
            json.append(", \"distinct_labels\": ").append(distinct);
        }
        return json.append('}').toString();
    }
}
