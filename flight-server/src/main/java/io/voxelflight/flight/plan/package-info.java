/**
 * What the answer is: a request or ticket compared once with the catalog and the stored volume.
 *
 * <p>{@link io.voxelflight.flight.ticket.BlockRequest}s and {@link io.voxelflight.flight.ticket.BlockTicket}s arrive;
 * the dataset, level, tensor shape and the order of blocks with their valid parts leave. Nothing is read but metadata.
 */
@NullMarked
package io.voxelflight.flight.plan;

import org.jspecify.annotations.NullMarked;
