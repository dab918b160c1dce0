/**
 * Third stage: a checked tree in, the text of one PostgreSQL statement with places for parameters out.
 */
@NullMarked
package io.voxelflight.sql.translate;

import org.jspecify.annotations.NullMarked;
