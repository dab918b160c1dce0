package io.voxelflight.flight.http;

import io.javalin.config.RoutesConfig;

/** A part of the HTTP API: adds its paths to the door. Who calls a handler, {@link HttpCalls#request} says. */
@FunctionalInterface
public interface HttpRoutes {
    void addTo(RoutesConfig routes);
}
