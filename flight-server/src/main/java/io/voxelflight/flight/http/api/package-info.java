/**
 * What is known of datasets, over HTTP: the list, and all about one.
 *
 * <p>Arrives: {@code /datasets} and {@code /metadata}. Leaves: JSON, of the datasets that exist for the caller. Put together by
 * {@code server}.
 */
@NullMarked
package io.voxelflight.flight.http.api;

import org.jspecify.annotations.NullMarked;
