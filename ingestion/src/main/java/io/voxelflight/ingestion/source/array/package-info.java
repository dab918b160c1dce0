/**
 * What the formats share: a file read by position, the axes of a stored array, the cache of decompressed units and the
 * copying of boxes between memory and files of any axis order.
 *
 * <p>Arrives: where voxels lie and how they are stored. Leaves: boxes in C order, little-endian. Called by the formats only.
 */
@NullMarked
package io.voxelflight.ingestion.source.array;

import org.jspecify.annotations.NullMarked;
