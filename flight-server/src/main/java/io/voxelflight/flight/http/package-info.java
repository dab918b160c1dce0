/**
 * The HTTP port: health and metrics for those who operate the server. Reads what it is handed; knows no other stage.
 *
 * <p>Arrives: HTTP requests. Leaves: JSON and Prometheus text. Started by {@code server}.
 */
@NullMarked
package io.voxelflight.flight.http;

import org.jspecify.annotations.NullMarked;
