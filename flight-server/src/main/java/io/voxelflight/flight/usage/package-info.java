/**
 * What was asked for, by whom, and how it ended: a line of the log for each call, sums of usage, and the log of blocks.
 *
 * <p>Arrives: reports of the doors and of streams, which must not wait. Leaves: log lines, and rows which a thread of its own
 * writes in batches. Called by the doors and by {@code server}.
 */
@NullMarked
package io.voxelflight.flight.usage;

import org.jspecify.annotations.NullMarked;
