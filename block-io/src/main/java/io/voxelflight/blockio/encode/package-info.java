/**
 * The way back: decoded voxels through the codec chain into stored chunks and shards.
 *
 * <p>Arrives: decoded voxels. Leaves: objects of a writable store. Called by ingestion.
 */
@NullMarked
package io.voxelflight.blockio.encode;

import org.jspecify.annotations.NullMarked;
