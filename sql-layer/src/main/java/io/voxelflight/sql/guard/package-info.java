/**
 * What may be in a statement: the operators and functions allowed, and a check of the validated tree. Whatever is not named here does not pass.
 */
@NullMarked
package io.voxelflight.sql.guard;

import org.jspecify.annotations.NullMarked;
