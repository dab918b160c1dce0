/**
 * Voxels in SQL results: what the column {@code tensor} of {@code blocks(...)} is, and the seam by which whoever serves
 * blocks lends them.
 */
@NullMarked
package io.voxelflight.sql.tensor;

import org.jspecify.annotations.NullMarked;
