package io.voxelflight.flight.http;

import io.javalin.http.Context;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Request;

/** What the door has found of an HTTP call before its handler runs. */
public final class HttpCalls {
    private static final String REQUEST = "voxelflight.request";

    private HttpCalls() {}

    static void begin(Context context, Request request) {
        context.attribute(REQUEST, request);
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
