/**
 * First stage: from a box of voxels to the native chunks that hold it. Pure geometry.
 *
 * <p>Arrives: a box and an array's chunk grid. Leaves: for each chunk its index, key and the part of it that is wanted. Imports neither fetch nor decode.
 */
@NullMarked
package io.voxelflight.blockio.locate;

import org.jspecify.annotations.NullMarked;
