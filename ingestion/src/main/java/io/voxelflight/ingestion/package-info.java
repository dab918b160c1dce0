/** See the package descriptions below. */
@NullMarked
package io.voxelflight.ingestion;

import org.jspecify.annotations.NullMarked;
