/**
 * SQL over datasets and chunks: Calcite reads, checks and types a statement, PostgreSQL executes it as one statement,
 * and the rows come by binary COPY straight into Arrow. A statement passes {@code parse}, {@code rewrite},
 * {@code guard} and {@code translate} over the tables of {@code catalogue}, then {@code execute}; {@code flightsql} is
 * the door. Callers need {@link io.voxelflight.sql.SqlEngine} or the Flight SQL producer only.
 */
@NullMarked
package io.voxelflight.sql;

import org.jspecify.annotations.NullMarked;
