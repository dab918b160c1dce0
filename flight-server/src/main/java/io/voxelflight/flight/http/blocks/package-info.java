/**
 * Blocks over HTTP: calls become requests to the one block engine, and its streams become bodies of answers.
 *
 * <p>Arrives: {@code /block} and {@code /blocks}. Leaves: headers, and voxels from where they were read to straight into the
 * socket, as slowly as the client takes them. Put together by {@code server}.
 */
@NullMarked
package io.voxelflight.flight.http.blocks;

import org.jspecify.annotations.NullMarked;
