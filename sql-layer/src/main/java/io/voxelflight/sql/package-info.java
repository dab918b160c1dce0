/** See the package descriptions below. */
@NullMarked
package io.voxelflight.sql;

import org.jspecify.annotations.NullMarked;
