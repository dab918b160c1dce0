package io.voxelflight.flight.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Problem documents for what the HTTP library refuses before any handler of ours sees it. */
final class JettyProblems extends ErrorHandler {
    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problems.CONTENT_TYPE);
        Content.Sink.write(response, true, document(status, message), callback);
    }

    private static String document(int status, @Nullable String message) {
        String title = HttpStatus.getMessage(status);
        String detail = status >= 500 || message == null || message.isBlank() ? title : message;
        return Problems.document(status, title, Problems.code(status), detail, "");
    }
}
