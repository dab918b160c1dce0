/**
 * Who calls, and what exists for them: one policy for every door.
 *
 * <p>Arrives: the secret that a call carries, whichever header it came in. Leaves: a {@link
 * io.voxelflight.flight.access.Caller}, or UNAUTHENTICATED. Called by the doors; {@code plan} and {@code stream} ask the
 * caller what it may see.
 */
@NullMarked
package io.voxelflight.flight.access;

import org.jspecify.annotations.NullMarked;
