/**
 * Bodies of answers that are made while they are sent.
 *
 * <p>Arrives: bytes, piece by piece, from whoever answers. Leaves: the socket, as slowly as the client takes them, and memory
 * that is given back when it has.
 */
@NullMarked
package io.voxelflight.flight.http.answer;

import org.jspecify.annotations.NullMarked;
