/**
 * First stage: a foreign volume, opened for lazy region reads.
 *
 * <p>Arrives: a path and options. Leaves: voxels of any box, C order, little-endian. Knows nothing of plans or the catalog.
 */
@NullMarked
package io.voxelflight.ingestion.source;

import org.jspecify.annotations.NullMarked;
