/**
 * Fourth stage: a PostgreSQL statement in, Arrow batches out. The only stage that owns connections.
 */
@NullMarked
package io.voxelflight.sql.execute;

import org.jspecify.annotations.NullMarked;
