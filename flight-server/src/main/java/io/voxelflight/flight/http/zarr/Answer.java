package io.voxelflight.flight.http.zarr;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A document or chunk on its way to a client: whole, in part, or not at all because the client has it.
 *
 * @param etag with its quotes
 * @param body from its position to its limit; goes out without a copy
 * @param sent run once when nobody needs the body any more
 */
record Answer(String contentType, String etag, ByteBuffer body, Runnable sent) {
    private static final String ANY = "*";

    /** Whether the client says that it has this version. */
    static boolean isKnown(Context context, String etag) {
        String known = context.header("If-None-Match");
        return known != null
                && Arrays.stream(known.split(","))
                        .map(String::strip)
                        .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                        .anyMatch(etag::equals);
    }

    /** Says that the client's version is the current one. */
    static void notModified(Context context, String etag) {
        headers(context, etag);
        context.status(304);
    }

    private static void headers(Context context, String etag) {
        context.header("ETag", etag);
        // a name may get another dataset: what was kept must be asked for again, which costs no bytes if nothing
        // changed
        context.header("Cache-Control", "private, no-cache");
        context.header("Accept-Ranges", "bytes");
    }

    /**
     * Answers; returns at once. No thread waits for a slow client.
     *
     * @param ended run once when the answer is at its end, however it came there
     */
    void send(Context context, Runnable ended) {
        ByteBuffer part;
        HttpOutput output;
        try {
            part = begin(context);
            output = (HttpOutput) context.res().getOutputStream();
        } catch (IOException e) {
            sent.run();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            sent.run();
            throw e;
        }
        Runnable over = () -> {
            sent.run();
            ended.run();
        };
        if (part == null) {
            over.run();
        } else {
            output.sendContent(part, Callback.from(over)); // a client that has gone is told nothing
        }
    }

    /** Writes status and headers; what to send, or null. */
    private @Nullable ByteBuffer begin(Context context) {
        if (isKnown(context, etag) || ANY.equals(context.header("If-None-Match"))) {
            notModified(context, etag);
            return null;
        }
        headers(context, etag);
        int total = body.remaining();
        ByteBuffer part = body.slice();
        String condition = context.header("If-Range");
        boolean ranged = context.method().equals(HandlerType.GET) && (condition == null || condition.equals(etag));
        RangeHeader range = RangeHeader.parse(ranged ? context.header("Range") : null, total);
        if (range instanceof RangeHeader.Unsatisfiable) {
            context.status(416).header("Content-Range", "bytes */" + total);
            return null;
        }
        if (range instanceof RangeHeader.Part asked) {
            context.status(206).header("Content-Range", "bytes " + asked.first() + "-" + asked.last() + "/" + total);
            part = body.slice(body.position() + asked.first(), asked.last() - asked.first() + 1);
        } else {
            context.status(200);
        }
        context.contentType(contentType);
        context.res().setContentLengthLong(part.remaining());
        return context.method().equals(HandlerType.HEAD) ? null : part;
    }
}
