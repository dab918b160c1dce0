/**
 * TIFF: classic and BigTIFF files of many pages, ImageJ and OME stacks, folders of slices. A reader of our own over
 * positional reads: nothing but tables is read before voxels are asked for.
 */
@NullMarked
package io.voxelflight.ingestion.source.tiff;

import org.jspecify.annotations.NullMarked;
