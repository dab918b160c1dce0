package io.voxelflight.flight.http;

import io.javalin.Javalin;
import io.javalin.http.HttpStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The HTTP server of the operator's port.
 *
 * <ul>
 *   <li>{@code GET /health/live}: 200 while the process answers
 *   <li>{@code GET /health/ready}: 200 when a request can be served, else 503 with the reason
 *   <li>{@code GET /metrics}: Prometheus text
 * </ul>
 */
public final class HttpDoor implements AutoCloseable {
    private final Javalin server;

    private HttpDoor(Javalin server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for a free one
     * @param notReady why no request can be served now; empty if all is well. Must answer within a second or so
     * @throws ServiceException UNAVAILABLE if the port is taken
     */
    public static HttpDoor start(
            String host, int port, Supplier<Optional<String>> notReady, PrometheusMeterRegistry metrics) {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.routes.get("/health/live", context -> context.json(Map.of("status", "live")));
            config.routes.get("/health/ready", context -> {
                Optional<String> reason = notReady.get();
                context.status(reason.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
                context.json(reason.map(text -> Map.of("status", "not ready", "reason", text))
                        .orElse(Map.of("status", "ready")));
            });
            config.routes.get("/metrics", context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                    .result(metrics.scrape()));
        });
        try {
            server.start(host, port);
        } catch (RuntimeException e) {
            server.stop();
            Throwable reason = e;
            while (reason.getCause() != null) {
                reason = reason.getCause();
            }
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "HTTP port " + port + " of " + host + " cannot be listened on (" + reason.getMessage()
                            + "): stop what uses it, or choose another with --http-port (0: a free one)",
                    e);
        }
        return new HttpDoor(server);
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }
}
