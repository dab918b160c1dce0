/**
 * How an answer leaves: blocks and batches become Flight messages, under back-pressure, in order, without a copy.
 *
 * <p>Stream plans and record batches arrive; gRPC frames leave. {@link io.voxelflight.flight.stream.DoGetBinding} takes
 * the place of Flight's own DoGet; {@link io.voxelflight.flight.stream.BlockStream} reads blocks ahead on the {@link
 * io.voxelflight.flight.stream.ReadPool} and sends them as the client takes them. This is the only package that reaches
 * into gRPC (through Flight's {@code AddWritableBuffer}).
 */
@NullMarked
package io.voxelflight.flight.stream;

import org.jspecify.annotations.NullMarked;
