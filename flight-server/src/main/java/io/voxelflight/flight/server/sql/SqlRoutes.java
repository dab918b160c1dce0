package io.voxelflight.flight.server.sql;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.http.HttpCalls;
import io.voxelflight.flight.http.HttpFailure;
import io.voxelflight.flight.http.HttpRoutes;
import io.voxelflight.flight.http.Negotiation;
import io.voxelflight.flight.http.Parameters;
import io.voxelflight.flight.http.RequestBodies;
import io.voxelflight.flight.http.answer.Outlet;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.usage.CallReports;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.print.ResultFormat;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;

/** {@code POST /sql}: the first rows of a statement's result, in the form that the client likes. */
public final class SqlRoutes implements HttpRoutes {
    static final String ARROW = "application/vnd.apache.arrow.stream";

    private static final List<ResultFormat> FORMATS =
            List.of(ResultFormat.DOCUMENT, ResultFormat.CSV, ResultFormat.ARROW);

    private final SqlEngine engine;
    private final VisibleDatasets visible;
    private final BlockEngine blocks;
    private final CallReports reports;
    private final RequestBodies bodies;

    /** @param blocks whose callers' shares are those of statements too */
    public SqlRoutes(
            SqlEngine engine, VisibleDatasets visible, BlockEngine blocks, CallReports reports, RequestBodies bodies) {
        this.engine = engine;
        this.visible = visible;
        this.blocks = blocks;
        this.reports = reports;
        this.bodies = bodies;
    }

    @Override
    public String description() {
        return "sql.openapi.json";
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/sql", this::answer);
    }

    private void answer(Context context) {
        Parameters.of(context);
        SqlQuestion.Form form = SqlQuestion.form(context.req().getContentType());
        if (form == null) {
            throw HttpFailure.unsupportedType("a statement is text/plain or application/json, not '"
                    + context.req().getContentType() + "': say so by the header Content-Type");
        }
        Optional<ResultFormat> format = Negotiation.type(context).best(FORMATS, SqlRoutes::mediaType);
        if (format.isEmpty()) {
            throw HttpFailure.notAcceptable("rows cannot be sent as 'Accept: " + context.header("Accept")
                    + "' wishes, but as application/json, text/csv or " + ARROW);
        }
        Request request = HttpCalls.request(context);
        context.future(() -> bodies.read(context).thenCompose(body -> {
            SqlQuestion question = SqlQuestion.of(body, form);
            Outlet outlet = new Outlet(
                    context.req(), context.res(), response -> head(response, format.get(), question.rowLimit()));
            request.to(Door.SQL);
            new HttpStatement(
                            engine,
                            question,
                            format.get(),
                            visible.to(request.caller()),
                            blocks.gate(),
                            request.caller(),
                            blocks.limits().streams(request.caller()),
                            () -> new WatchedStatement(request, blocks.limits(), reports),
                            outlet)
                    .enter();
            return outlet.answered();
        }));
    }

    private static void head(HttpServletResponse response, ResultFormat format, long rowLimit) {
        response.setContentType(mediaType(format));
        response.setHeader("Cache-Control", "private, no-store");
        response.setHeader("X-Voxelflight-Row-Limit", String.valueOf(rowLimit));
    }

    private static String mediaType(ResultFormat format) {
        return switch (format) {
            case DOCUMENT, JSON -> "application/json";
            case CSV -> "text/csv";
            case ARROW -> ARROW;
            case TABLE -> "text/plain";
        };
    }
}
