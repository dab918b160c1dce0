/**
 * The Flight port: binds the service, routes calls to blocks or to Flight SQL, answers health checks, counts, and drains
 * when it is closed.
 */
@NullMarked
package io.voxelflight.flight.rpc;

import org.jspecify.annotations.NullMarked;
