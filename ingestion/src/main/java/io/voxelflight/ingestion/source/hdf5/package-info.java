/**
 * HDF5 files: jHDF reads the tree, the types and the chunk index when a file is opened; voxels are read and
 * decompressed by ourselves.
 */
@NullMarked
package io.voxelflight.ingestion.source.hdf5;

import org.jspecify.annotations.NullMarked;
