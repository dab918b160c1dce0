package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;
import io.voxelflight.model.VolumeKind;

/** Measures chunks of one element type, with tables that are reused. For one thread. */
abstract class Statistics {
    static Statistics of(ElementType type, VolumeKind kind) {
        boolean labels = kind == VolumeKind.LABELS;
        if (type.bytes() <= 2) {
            return new HistogramStatistics(type, labels);
        }
        return type.isFloat() ? new FloatStatistics(type) : new IntegerStatistics(type, labels);
    }

    abstract ChunkSummary measure(ChunkView chunk);
}
