/**
 * What was asked: commands and paths of clients, and the signed tickets that name a part of the answer.
 *
 * <p>Bytes from clients arrive; validated {@link io.voxelflight.flight.ticket.BlockRequest}s and {@link
 * io.voxelflight.flight.ticket.BlockTicket}s leave. Nothing here knows which datasets exist.
 */
@NullMarked
package io.voxelflight.flight.ticket;

import org.jspecify.annotations.NullMarked;
