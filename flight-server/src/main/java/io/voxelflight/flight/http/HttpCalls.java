package io.voxelflight.flight.http;

import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.usage.CallReport;
import io.voxelflight.flight.usage.CallReports;
import java.time.Duration;

/** What the door has found of an HTTP call before its handler runs. */
public final class HttpCalls {
    private static final String REQUEST = "voxelflight.request";

    private HttpCalls() {}

    static void begin(Context context, Request request) {
        context.attribute(REQUEST, request);
        context.header(HttpDoor.REQUEST_ID, request.id());
    }

    /** Names a call by what it is for: the path itself may hold anything. */
    static void named(Context context) {
        Endpoint matched = context.endpoints().matchedHttpEndpoint();
        if (matched != null) {
            request(context).named(context.method() + " " + matched.path);
        }
    }

    /** Reports a call, unless a stream does. */
    static void ended(Context context, CallReports reports, float millis) {
        Request request = context.attribute(REQUEST);
        boolean idle = context.path().startsWith("/health/"); // asked for every few seconds by machines
        if (request != null && !idle && request.count()) {
            Duration took = Duration.ofNanos((long) (millis * 1e6));
            reports.ended(CallReport.of(request, Problems.code(context), took));
        }
    }

    /** The call that is being answered. */
    public static Request request(Context context) {
        Request request = context.attribute(REQUEST);
        if (request == null) { // never serve a call that nobody has looked at
            throw new IllegalStateException("the call came past the access control");
        }
        return request;
    }

    public static Caller caller(Context context) {
        return request(context).caller();
    }

    /** The call's id; empty before the door has looked at it. */
    static String id(Context context) {
        Request request = context.attribute(REQUEST);
        return request == null ? "" : request.id();
    }
}
