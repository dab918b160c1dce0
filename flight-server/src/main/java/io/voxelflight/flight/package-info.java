/** See the package descriptions below. */
@NullMarked
package io.voxelflight.flight;

import org.jspecify.annotations.NullMarked;
