/** See the package descriptions below. */
@NullMarked
package io.voxelflight.benchmarks;

import org.jspecify.annotations.NullMarked;
