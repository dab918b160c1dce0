/**
 * The way of a block from where it is stored to a decoded tensor, in the order of the packages: {@code format} (what is
 * stored, as values), {@code locate} (box to native chunks), {@code fetch} (bytes of a key), {@code decode} (codec
 * chain), {@code assemble} (crop, stitch, pad, cache); and {@code encode} for the way back.
 */
@NullMarked
package io.voxelflight.blockio;

import org.jspecify.annotations.NullMarked;
