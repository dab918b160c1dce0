package io.voxelflight.flight.http;

import io.javalin.config.RoutesConfig;
import org.jspecify.annotations.Nullable;

/** A part of the HTTP API: adds its paths to the door. Who calls a handler, {@link HttpCalls#request} says. */
@FunctionalInterface
public interface HttpRoutes {
    /** Adds what is done before it is known who calls: nothing that shows data. */
    default void addBeforeAccess(RoutesConfig routes) {}

    void addTo(RoutesConfig routes);

    /**
     * What OpenAPI is to say of the part: the name of a resource beside its class, a JSON object with {@code paths}, and {@code
     * components} if it brings some. Every path that is added must be described there; null if there is none.
     */
    default @Nullable String description() {
        return null;
    }
}
