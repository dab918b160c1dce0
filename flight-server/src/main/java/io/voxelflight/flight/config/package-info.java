/**
 * Settings as values: the home folder, sizes, limits. Read once at start and handed on; nothing here is global.
 *
 * <p>Arrives: options, environment. Leaves: validated records. Called by {@code server}.
 */
@NullMarked
package io.voxelflight.flight.config;

import org.jspecify.annotations.NullMarked;
