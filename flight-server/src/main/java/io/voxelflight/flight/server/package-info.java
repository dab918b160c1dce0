/**
 * The composition root: the one place that knows every module and puts them together, for the server and for the
 * commands that work without one.
 *
 * <p>Arrives: a home and settings. Leaves: a running server, or an installation to work on. Nobody but {@code cli} and
 * the program's entry calls it.
 */
@NullMarked
package io.voxelflight.flight.server;

import org.jspecify.annotations.NullMarked;
