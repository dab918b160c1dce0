package io.voxelflight.flight.http;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Credential;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.admission.Limits;
import io.voxelflight.flight.tls.ServerTls;
import io.voxelflight.flight.usage.CallReports;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.eclipse.jetty.server.NetworkConnectionLimit;

/**
 * The HTTP port: says who calls before anything else is done, and answers errors as problem documents. What it serves are
 * its {@link HttpRoutes}, and for operators:
 *
 * <ul>
 *   <li>{@code GET /health/live}: 200 while the process answers; open to all
 *   <li>{@code GET /health/ready}: 200 when a request can be served, else 503 with the reason; open to all
 *   <li>{@code GET /metrics}: Prometheus text, for admins
 *   <li>{@code GET /openapi.json}, {@code GET /docs}: what is served, for programs and for people; open to all
 * </ul>
 */
public final class HttpDoor implements AutoCloseable {
    static final String REQUEST_ID = "X-Request-Id";

    /** What strangers may see, beside the files of the page {@code /docs}: nothing about data is there. */
    private static final Set<String> OPEN = Set.of("/health/live", "/health/ready", "/docs", "/openapi.json");

    private final Javalin server;

    private HttpDoor(Javalin server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param doorkeeper says who calls
     * @param shares what each address and caller may take
     * @param reports told how calls ended, except for streams of blocks
     * @param notReady why no request can be served now; empty if all is well. Must answer within a second or so
     * @param parts of the API
     * @throws ServiceException UNAVAILABLE if the port is taken
     */
    public static HttpDoor start(
            HttpDoorSettings settings,
            Doorkeeper doorkeeper,
            Limits shares,
            CallReports reports,
            Supplier<Optional<String>> notReady,
            PrometheusMeterRegistry metrics,
            List<HttpRoutes> parts) {
        HttpLimits limits = settings.limits();
        ServerTls tls = settings.tls();
        List<HttpRoutes> all = new ArrayList<>(parts);
        all.add(new DocsPage(ApiDocument.of(parts, version()).toString()));
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.jetty.modifyHttpConfiguration(http -> {
                http.setSendServerVersion(false);
                http.setRequestHeaderSize(limits.headerBytes());
                http.setIdleTimeout(limits.idle().toMillis());
            });
            config.jetty.modifyServer(jetty -> {
                jetty.setErrorHandler(new JettyProblems());
                jetty.addBean(new NetworkConnectionLimit(limits.connections(), jetty));
            });
            config.jetty.modifyServletContextHandler(servlets -> servlets.setErrorHandler(new JettyProblems()));
            config.http.prefer405over404 = true;
            config.jetty.host = settings.host();
            config.jetty.port = settings.port();
            if (tls != null) {
                config.jetty.addConnector(
                        (jetty, http) -> HttpsConnector.of(jetty, http, settings.host(), settings.port(), tls));
            }
            parts.forEach(part -> part.addBeforeAccess(config.routes));
            config.routes.before(context -> admit(context, doorkeeper, shares));
            config.routes.beforeMatched(HttpCalls::named);
            config.requestLogger.http((context, millis) -> HttpCalls.ended(context, reports, millis));
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
            all.forEach(part -> part.addTo(config.routes));
        });
        try {
            server.start();
        } catch (RuntimeException e) {
            server.stop();
            Throwable reason = e;
            while (reason.getCause() != null) {
                reason = reason.getCause();
            }
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "HTTP port " + settings.port() + " of " + settings.host() + " cannot be listened on ("
                            + reason.getMessage()
                            + "): stop what uses it, or choose another with --http-port (0: a free one)",
                    e);
        }
        return new HttpDoor(server);
    }

    private static void admit(Context context, Doorkeeper doorkeeper, Limits shares) {
        HttpCalls.begin(context, Request.of(Caller.STRANGER, context.ip(), Door.HTTP));
        // browsers ask by OPTIONS, without a credential, whether they may send one
        boolean open = context.method().equals(HandlerType.OPTIONS)
                || OPEN.contains(context.path())
                || context.path().startsWith("/docs/");
        if (!open) {
            shares.knock(context.ip());
            Caller caller = doorkeeper.admit(Credential.of(context::header));
            HttpCalls.begin(context, Request.of(caller, context.ip(), Door.HTTP));
            shares.request(caller);
        }
    }

    private static String version() {
        String version = HttpDoor.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** All that is served, as {@code GET /path}. */
    SortedSet<String> paths() {
        SortedSet<String> paths = new TreeSet<>();
        server.unsafe.internalRouter.allHttpHandlers().forEach(handler -> {
            if (handler.endpoint.method.isHttpMethod()) {
                paths.add(handler.endpoint.method + " " + handler.endpoint.path);
            }
        });
        return paths;
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }
}
