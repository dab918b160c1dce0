package io.voxelflight.flight.plan;

/** The blocks of one stream, in the order in which they are sent. Computed, not stored. */
public interface BlockSequence {
    long size();

    /** Block number {@code i}, from 0 to {@code size() - 1}. */
    PlannedBlock at(long i);
}
