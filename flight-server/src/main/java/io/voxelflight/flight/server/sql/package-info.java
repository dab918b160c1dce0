/**
 * What SQL needs of the server, and SQL over HTTP: voxels for tensor columns, which rows exist for a caller, what statements
 * take of a caller's shares.
 *
 * <p>Arrives: {@code POST /sql}, and the SQL layer's questions. Leaves: statements run by the SQL layer, their rows as JSON, CSV
 * or Arrow.
 */
@NullMarked
package io.voxelflight.flight.server.sql;

import org.jspecify.annotations.NullMarked;
