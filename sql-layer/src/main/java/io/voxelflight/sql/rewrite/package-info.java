/**
 * Second stage: type and function names of DuckDB and PostgreSQL as operators that the validator knows; before validation.
 */
@NullMarked
package io.voxelflight.sql.rewrite;

import org.jspecify.annotations.NullMarked;
