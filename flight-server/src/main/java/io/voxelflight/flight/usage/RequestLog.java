package io.voxelflight.flight.usage;

import io.voxelflight.flight.access.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line of the log for each call, and for each stream at its end. Its fields are known words and names, never what a client
 * wrote into a path or header: no secret can get in.
 */
public final class RequestLog implements CallReports {
    private static final int LONGEST_NAME = 200;

    /** The logger's name, by which it can be sent elsewhere. */
    public static final String NAME = "io.voxelflight.requests";

    private static final Logger log = LoggerFactory.getLogger(NAME);

    @Override
    public void ended(CallReport report) {
        Request request = report.request();
        Request.Subject dataset = report.dataset();
        LoggingEventBuilder line = log.atInfo()
                .addKeyValue("request", request.id())
                .addKeyValue("caller", clean(request.caller().name()))
                .addKeyValue("address", request.address())
                .addKeyValue("door", report.door().toString())
                .addKeyValue("method", request.method());
        if (dataset != null) {
            line = line.addKeyValue("dataset", dataset.name().value());
        }
        line = line.addKeyValue("status", report.status());
        if (report.blocks() > 0) {
            line = line.addKeyValue("blocks", report.blocks());
        }
        line = line.addKeyValue("bytes", report.bytes());
        if (report.chunks() > 0) {
            line = line.addKeyValue("chunks", report.chunks()).addKeyValue("cache_hits", report.cacheHits());
        }
        if (!report.sql().isZero()) {
            line = line.addKeyValue("sql_ms", report.sql().toMillis());
        }
        line.addKeyValue("ms", report.took().toMillis()).log(report.first() ? "request" : "stream");
    }

    /** The subject of a token is chosen by its issuer: it must not begin a line of its own. */
    private static String clean(String name) {
        StringBuilder clean = new StringBuilder();
        name.codePoints()
                .limit(LONGEST_NAME)
                .forEach(point -> clean.appendCodePoint(Character.isISOControl(point) || point == '"' ? '?' : point));
        return clean.toString();
    }
}
