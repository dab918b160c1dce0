package io.voxelflight.flight.http;

import io.javalin.http.Context;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Promise;

/**
 * Reads the bodies of requests as they come: a client that sends slowly keeps no thread, and all together hold no more than a
 * named number of bytes.
 */
public final class RequestBodies {
    private final HttpLimits limits;
    private final AtomicLong reserved = new AtomicLong();

    public RequestBodies(HttpLimits limits) {
        this.limits = limits;
    }

    /**
     * The whole body, when it is there. Fails with 413 for one that is too long, with RESOURCE_EXHAUSTED while too many are
     * being read, with INVALID_ARGUMENT for one that breaks off.
     */
    public CompletableFuture<byte[]> read(Context context) {
        long said = context.req().getContentLengthLong();
        if (said > limits.bodyBytes()) {
            throw tooLong();
        }
        long bytes = said < 0 ? limits.bodyBytes() : said;
        if (reserved.addAndGet(bytes) > limits.bodiesBytes()) {
            reserved.addAndGet(-bytes);
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "this server reads bodies of at most " + limits.bodiesBytes() + " bytes at once, all clients"
                            + " together: try again soon, and say the length (Content-Length)");
        }
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        Content.Source.asByteArrayAsync(
                ServletContextRequest.getServletContextRequest(context.req()),
                limits.bodyBytes(),
                new Promise.Invocable<>() {
                    @Override
                    public void succeeded(byte[] body) {
                        reserved.addAndGet(-bytes);
                        whole.complete(body);
                    }

                    @Override
                    public void failed(Throwable failure) {
                        reserved.addAndGet(-bytes);
                        whole.completeExceptionally(why(failure));
                    }
                });
        return whole;
    }

    private ServiceException why(Throwable failure) {
        // Jetty says by IllegalStateException that the bound was reached
        if (failure instanceof IllegalStateException) {
            return tooLong();
        }
        if (failure instanceof TimeoutException) {
            return new HttpFailure(
                    408, ErrorCode.TIMED_OUT, "the body of the request did not come: " + failure.getMessage());
        }
        if (failure instanceof IOException || failure instanceof RuntimeException) {
            return new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "the body of the request broke off: " + failure.getMessage(), failure);
        }
        return new ServiceException(ErrorCode.INTERNAL, "the body could not be read: " + failure, failure);
    }

    private HttpFailure tooLong() {
        return HttpFailure.tooLarge("a request has at most " + limits.bodyBytes() + " bytes of body: ask in several");
    }
}
