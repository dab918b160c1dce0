/**
 * What a stored volume is, resolved from its metadata to values: arrays, chunk grids, codec specs, fill values, levels.
 *
 * <p>Arrives: metadata documents (JSON). Leaves: records that the stages after it share. Imports no other stage; every stage may import it.
 */
@NullMarked
package io.voxelflight.blockio.format;

import org.jspecify.annotations.NullMarked;
