/**
 * Last stage: joins locate, fetch and decode into blocks, through the shared cache of decoded chunks.
 *
 * <p>Arrives: a level, an origin and a block shape. Leaves: one buffer of exactly that shape, cropped, stitched and padded, whose ownership passes to the caller.
 */
@NullMarked
package io.voxelflight.blockio.assemble;

import org.jspecify.annotations.NullMarked;
