package io.voxelflight.flight.http.zarr;

import io.javalin.http.Context;
import java.util.Set;

/**
 * The web pages that may read what is served (the fetch standard's CORS). Whether the caller may, is another matter: a page
 * has no key unless its user gives it one.
 *
 * @param origins such as {@code https://viewer.example.org}; {@code *}: all
 */
public record AllowedOrigins(Set<String> origins) {
    public static final AllowedOrigins ALL = new AllowedOrigins(Set.of("*"));
    public static final AllowedOrigins NONE = new AllowedOrigins(Set.of());

    private static final String EXPOSED =
            "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag, X-Request-Id";
    private static final String SENT =
            "authorization, x-api-key, range, if-match, if-none-match, if-range, content-type";
    private static final String DAY = "86400";

    public AllowedOrigins {
        origins = Set.copyOf(origins);
    }

    /** Tells a browser what the page that asks may do. */
    void answer(Context context) {
        boolean all = origins.contains("*");
        if (!all) {
            context.header("Vary", "Origin");
        }
        String origin = context.header("Origin");
        if (origin == null || !(all || origins.contains(origin))) {
            return;
        }
        context.header("Access-Control-Allow-Origin", all ? "*" : origin);
        context.header("Access-Control-Expose-Headers", EXPOSED);
        if (context.header("Access-Control-Request-Method") != null) {
            context.header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
            context.header("Access-Control-Allow-Headers", SENT);
            context.header("Access-Control-Max-Age", DAY);
        }
    }
}
