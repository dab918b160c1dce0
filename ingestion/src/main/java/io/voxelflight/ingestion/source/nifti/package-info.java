/** NIfTI-1 and NIfTI-2 images in one file, plain or compressed with gzip. */
@NullMarked
package io.voxelflight.ingestion.source.nifti;

import org.jspecify.annotations.NullMarked;
