/**
 * First stage: text in, syntax tree out. Refuses what the stock parser would read as something else than the user meant.
 */
@NullMarked
package io.voxelflight.sql.parse;

import org.jspecify.annotations.NullMarked;
