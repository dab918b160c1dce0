/** Contenders of the SQL benchmark that run in a JVM. */
@NullMarked
package io.voxelflight.benchmarks.sql;

import org.jspecify.annotations.NullMarked;
