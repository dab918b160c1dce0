/**
 * Who may stream now, how fast, and with how much memory: a bounded number of streams, a bounded number of bytes that they
 * share fairly, and what each caller may take.
 *
 * <p>Arrives: callers and what they want. Leaves: a place, a {@link io.voxelflight.flight.admission.Pace}, or
 * RESOURCE_EXHAUSTED with the time to wait. Called by the doors and by {@code stream}.
 */
@NullMarked
package io.voxelflight.flight.admission;

import org.jspecify.annotations.NullMarked;
