/**
 * What SQL users see: tables, columns, types and comments, read once from the views of schema main, and the type system that gives them to Calcite.
 */
@NullMarked
package io.voxelflight.sql.catalogue;

import org.jspecify.annotations.NullMarked;
