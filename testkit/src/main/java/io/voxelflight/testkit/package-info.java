/** See the package descriptions below. */
@NullMarked
package io.voxelflight.testkit;

import org.jspecify.annotations.NullMarked;
