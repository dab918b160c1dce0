package io.voxelflight.flight.http;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Credential;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.access.Request;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The HTTP port: says who calls before anything else is done, and answers errors as problem documents. What it serves are
 * its {@link HttpRoutes}, and for operators:
 *
 * <ul>
 *   <li>{@code GET /health/live}: 200 while the process answers; open to all
 *   <li>{@code GET /health/ready}: 200 when a request can be served, else 503 with the reason; open to all
 *   <li>{@code GET /metrics}: Prometheus text, for admins
 * </ul>
 */
public final class HttpDoor implements AutoCloseable {
    static final String REQUEST_ID = "X-Request-Id";

    /** Begin the paths that strangers may see: nothing about data is there. */
    private static final List<String> OPEN = List.of("/health/", "/docs", "/openapi.json");

    private static final int HEADER_BYTES = 16 << 10;
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Javalin server;

    private HttpDoor(Javalin server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for a free one
     * @param doorkeeper says who calls
     * @param notReady why no request can be served now; empty if all is well. Must answer within a second or so
     * @param parts of the API
     * @throws ServiceException UNAVAILABLE if the port is taken
     */
    public static HttpDoor start(
            String host,
            int port,
            Doorkeeper doorkeeper,
            Supplier<Optional<String>> notReady,
            PrometheusMeterRegistry metrics,
            List<HttpRoutes> parts) {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.jetty.modifyHttpConfiguration(http -> {
                http.setSendServerVersion(false);
                http.setRequestHeaderSize(HEADER_BYTES);
                http.setIdleTimeout(IDLE.toMillis());
            });
            parts.forEach(part -> part.addBeforeAccess(config.routes));
            config.routes.before(context -> admit(context, doorkeeper));
            Problems.addTo(config.routes);
            config.routes.get("/health/live", context -> context.json(Map.of("status", "live")));
            config.routes.get("/health/ready", context -> {
                Optional<String> reason = notReady.get();
                context.status(reason.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
                context.json(reason.map(text -> Map.of("status", "not ready", "reason", text))
                        .orElse(Map.of("status", "ready")));
            });
            config.routes.get("/metrics", context -> {
                HttpCalls.caller(context).require(Role.ADMIN, "the server's metrics");
                context.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.scrape());
            });
            parts.forEach(part -> part.addTo(config.routes));
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

    private static void admit(Context context, Doorkeeper doorkeeper) {
        // browsers ask without a credential whether they may send one
        boolean open =
                context.method().equals(HandlerType.OPTIONS) || OPEN.stream().anyMatch(context.path()::startsWith);
        Caller caller = open ? Caller.STRANGER : doorkeeper.admit(Credential.of(context::header));
        Request request = Request.of(caller, context.ip());
        HttpCalls.begin(context, request);
        context.header(REQUEST_ID, request.id());
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }
}
