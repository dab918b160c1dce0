package io.voxelflight.flight.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.ExceptionHandler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.http.MethodNotAllowedResponse;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.TryLaterException;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.apache.arrow.memory.OutOfMemoryException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors as problem documents (RFC 9457), with our code's name and the call's id beside the standard members. */
final class Problems {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    static final String CONTENT_TYPE = "application/problem+json";

    /** When a client that was sent away may come again. */
    private static final String RETRY_SECONDS = "1";

    private static final String CODE = "voxelflight.code";

    private Problems() {}

    static void addTo(RoutesConfig routes) {
        add(
                routes,
                HttpResponseException.class,
                (e, context) -> answer(context, e.getStatus(), code(e.getStatus()), String.valueOf(e.getMessage())));
        add(routes, MethodNotAllowedResponse.class, (e, context) -> {
            String allowed = String.join(", ", new TreeSet<>(e.getDetails().values()));
            context.header("Allow", allowed);
            answer(
                    context,
                    405,
                    code(405),
                    "'" + context.path() + "' has no method " + context.req().getMethod() + ", it has " + allowed);
        });
        add(routes, Exception.class, (e, context) -> answer(context, e));
        routes.error(HttpStatus.NOT_FOUND.getCode(), "*", context -> {
            if (!CONTENT_TYPE.equals(context.res().getContentType())) {
                answer(
                        context,
                        404,
                        ErrorCode.NOT_FOUND.name(),
                        "there is nothing at '" + context.path() + "': /docs shows what there is");
            }
        });
    }

    /** Says why a call failed. Faults of ours are logged with their trace. */
    static void answer(Context context, Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            answer(context, failure.getCause());
        } else if (failure instanceof ServiceException known) {
            if (known.code() == ErrorCode.INTERNAL) {
                log.error("call {} failed by a fault of this server", HttpCalls.id(context), known);
            }
            if (known.code() == ErrorCode.UNAUTHENTICATED) {
                context.header("WWW-Authenticate", "Bearer realm=\"voxelflight\", Basic realm=\"voxelflight\"");
            }
            int status = known instanceof HttpFailure finer ? finer.status() : status(known.code());
            if (known instanceof TryLaterException later) {
                status = HttpStatus.TOO_MANY_REQUESTS.getCode();
                context.header("Retry-After", String.valueOf(seconds(later.after())));
            } else if (status == 503) {
                context.header("Retry-After", RETRY_SECONDS);
            }
            answer(context, status, known.code().name(), known.line());
        } else if (failure instanceof OutOfMemoryException) {
            answer(
                    context,
                    503,
                    ErrorCode.RESOURCE_EXHAUSTED.name(),
                    "the memory for streams is used up, try again later");
        } else {
            log.error("call {} failed by a fault of this server", HttpCalls.id(context), failure);
            answer(
                    context,
                    500,
                    ErrorCode.INTERNAL.name(),
                    "the server failed; its log says more under this call's id");
        }
    }

    /** Whole seconds, as the header has it: not too early. */
    private static long seconds(Duration time) {
        return Math.max(1, time.plusNanos(999_999_999).toSeconds());
    }

    /** Why a call failed, by its answer; null: it did not. */
    static @Nullable ErrorCode code(Context context) {
        if (context.statusCode() < 400) {
            return null;
        }
        ErrorCode code = context.attribute(CODE);
        return code == null ? ErrorCode.valueOf(code(context.statusCode())) : code;
    }

    private static void answer(Context context, int status, String code, String detail) {
        String title = HttpStatus.forStatus(status).getMessage();
        context.attribute(CODE, ErrorCode.valueOf(code));
        context.status(status)
                .result(document(status, title, code, detail, HttpCalls.id(context)))
                .contentType(CONTENT_TYPE);
    }

    /** Javalin calls a handler that throws again, for ever, as any does whose request Jetty has let go of. */
    private static <E extends Exception> void add(RoutesConfig routes, Class<E> kind, ExceptionHandler<E> handler) {
        routes.exception(kind, (failure, context) -> {
            try {
                handler.handle(failure, context);
            } catch (RuntimeException e) {
                log.warn("a failure could not be told, the call was over: {}", failure.toString(), e);
            }
        });
    }

    /** @param title the status in words */
    static String document(int status, String title, String code, String detail, String requestId) {
        ObjectNode problem = JsonNodeFactory.instance.objectNode();
        problem.put("type", "urn:voxelflight:error:" + code);
        problem.put("title", title);
        problem.put("status", status);
        problem.put("detail", detail);
        problem.put("code", code);
        problem.put("request_id", requestId);
        return problem.toString();
    }

    /** The one mapping of codes to HTTP. */
    static int status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, UNSUPPORTED -> 400;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS -> 409;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case RESOURCE_EXHAUSTED, UNAVAILABLE -> 503;
            case TIMED_OUT -> 504;
            case CANCELLED -> 499;
            case CORRUPT_DATA, INTERNAL -> 500;
        };
    }

    /** The nearest code of a status that the library chose. */
    static String code(int status) {
        return switch (status) {
            case 401 -> ErrorCode.UNAUTHENTICATED.name();
            case 403 -> ErrorCode.PERMISSION_DENIED.name();
            case 404 -> ErrorCode.NOT_FOUND.name();
            case 405, 415, 501, 505 -> ErrorCode.UNSUPPORTED.name();
            case 408 -> ErrorCode.TIMED_OUT.name();
            case 413, 414, 429, 431 -> ErrorCode.RESOURCE_EXHAUSTED.name();
            case 503 -> ErrorCode.UNAVAILABLE.name();
            default -> status >= 500 ? ErrorCode.INTERNAL.name() : ErrorCode.INVALID_ARGUMENT.name();
        };
    }
}
