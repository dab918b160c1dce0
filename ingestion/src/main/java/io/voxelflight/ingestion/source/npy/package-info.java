/** NumPy's .npy files: a header and one uncompressed array. */
@NullMarked
package io.voxelflight.ingestion.source.npy;

import org.jspecify.annotations.NullMarked;
