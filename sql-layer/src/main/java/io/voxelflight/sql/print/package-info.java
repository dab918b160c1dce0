/**
 * Last stage of a query that a person or script reads: Arrow batches as a table, CSV, JSON or an Arrow stream.
 *
 * <p>Arrives: the batches of one result, one after the other. Leaves: bytes on a stream, with bounded memory. Called by the
 * command line. Knows nothing of how the batches came to be.
 */
@NullMarked
package io.voxelflight.sql.print;

import org.jspecify.annotations.NullMarked;
