/**
 * Who may stream now, and with how much memory: a bounded number of streams, and a bounded number of bytes that they
 * share fairly.
 */
@NullMarked
package io.voxelflight.flight.admission;

import org.jspecify.annotations.NullMarked;
