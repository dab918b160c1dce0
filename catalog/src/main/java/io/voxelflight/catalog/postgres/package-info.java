/**
 * The catalog in PostgreSQL: schema migrations, publishing, look-ups; and the supply of a server, embedded or by
 * {@code DATABASE_URL}. Only the composition root may call it.
 */
@NullMarked
package io.voxelflight.catalog.postgres;

import org.jspecify.annotations.NullMarked;
