/**
 * What the voxels of a box are like: statistics, a histogram, the box of what lies above a threshold; exact to the voxel.
 * The chunk index answers for chunks that lie wholly inside, voxels for the rest.
 *
 * <p>Arrives: requests of any door. Leaves: JSON. Voxels come from the same plan, cache and volumes as blocks do.
 */
@NullMarked
package io.voxelflight.flight.measure;

import org.jspecify.annotations.NullMarked;
