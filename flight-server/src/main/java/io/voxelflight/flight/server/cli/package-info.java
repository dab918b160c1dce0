/**
 * The command line: one class a command, and what they share to print tables, progress and errors. Results go to
 * standard output, everything else to standard error.
 */
@NullMarked
package io.voxelflight.flight.server.cli;

import org.jspecify.annotations.NullMarked;
