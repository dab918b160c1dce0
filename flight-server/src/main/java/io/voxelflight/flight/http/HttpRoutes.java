package io.voxelflight.flight.http;

import io.javalin.config.RoutesConfig;

/** A part of the HTTP API: adds its paths to the door. Who calls a handler, {@link HttpCalls#request} says. */
@FunctionalInterface
public interface HttpRoutes {
    /** Adds what is done before it is known who calls: nothing that shows data. */
    default void addBeforeAccess(RoutesConfig routes) {}

    void addTo(RoutesConfig routes);
}
