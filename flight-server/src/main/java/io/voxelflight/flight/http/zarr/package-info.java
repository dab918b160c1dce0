/**
 * The Zarr view: every dataset as OME-Zarr 0.5 and 0.4 over HTTP, whatever it is stored as.
 *
 * <p>Arrives: {@code GET /zarr/NAME/KEY} and {@code /zarr2/NAME/KEY}, the caller known. Leaves: metadata documents made of
 * what the catalog and the volume say, and chunks: as they are stored where that fits, else read by the engine of all
 * doors, encoded once and kept for a while. No key becomes a path of a file: it is a document of a known name or the
 * numbers of a chunk. Put together by {@code server}.
 */
@NullMarked
package io.voxelflight.flight.http.zarr;

import org.jspecify.annotations.NullMarked;
