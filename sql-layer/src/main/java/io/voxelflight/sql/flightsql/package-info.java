/**
 * The door: Flight SQL for JDBC, ADBC and BI tools over the engine. The only package that knows Flight.
 */
@NullMarked
package io.voxelflight.sql.flightsql;

import org.jspecify.annotations.NullMarked;
