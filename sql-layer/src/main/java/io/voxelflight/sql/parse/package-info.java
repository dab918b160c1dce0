/**
 * First stage: text in, syntax tree out, by a grammar made from Calcite's at build time ({@code src/main/grammar}). Refuses
 * what it would read as something else than the user meant.
 */
@NullMarked
package io.voxelflight.sql.parse;

import org.jspecify.annotations.NullMarked;
