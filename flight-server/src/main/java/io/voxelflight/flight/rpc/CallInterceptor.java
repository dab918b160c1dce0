package io.voxelflight.flight.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Credential;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.admission.Limits;
import io.voxelflight.flight.stream.FlightErrors;
import io.voxelflight.flight.usage.CallReport;
import io.voxelflight.flight.usage.CallReports;
import io.voxelflight.model.ErrorCode;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.apache.arrow.flight.grpc.StatusUtils;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who makes a call before anything else is done for it, and tells the client the call's id. Health is open to
 * all. Clients that log in with a name and password, as JDBC's and ADBC's do, are handed a bearer token to go on with: the
 * password itself, so that every replica knows it and none has to remember it.
 */
final class CallInterceptor implements ServerInterceptor {
    static final Metadata.Key<String> REQUEST_ID = key("x-request-id");

    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Context.Key<Request> REQUEST = Context.key("voxelflight-request");

    private final Doorkeeper doorkeeper;
    private final Limits limits;
    private final CallReports reports;

    CallInterceptor(Doorkeeper doorkeeper, Limits limits, CallReports reports) {
        this.doorkeeper = doorkeeper;
        this.limits = limits;
        this.reports = reports;
    }

    /** The call that the running thread begins; null if it begins none. */
    static @Nullable Request request() {
        return REQUEST.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (HealthGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        long begun = System.nanoTime();
        Credential credential = Credential.NONE;
        Request request = Request.of(Caller.STRANGER, address(call));
        try {
            limits.knock(request.address());
            credential = Credential.of(name -> headers.get(key(name)));
            request = Request.of(doorkeeper.admit(credential), request.address());
            limits.request(request.caller());
        } catch (RuntimeException e) {
            request.named(String.valueOf(call.getMethodDescriptor().getBareMethodName()));
            refuse(call, request, e, begun);
            return new ServerCall.Listener<>() {};
        }
        request.named(String.valueOf(call.getMethodDescriptor().getBareMethodName()));
        return serve(call, headers, next, credential, request, begun);
    }

    private void refuse(ServerCall<?, ?> call, Request request, RuntimeException failure, long begun) {
        Throwable told = StatusUtils.toGrpcException(FlightErrors.of(failure));
        Metadata trailers = Status.trailersFromThrowable(told);
        Metadata answer = trailers == null ? new Metadata() : trailers;
        answer.put(REQUEST_ID, request.id());
        Status status = Status.fromThrowable(told);
        call.close(status, answer);
        ended(request, status, begun);
    }

    /** Reports a call, unless a stream does. */
    private void ended(Request request, Status status, long begun) {
        if (request.count()) {
            reports.ended(CallReport.of(request, code(status), Duration.ofNanos(System.nanoTime() - begun)));
        }
    }

    private <Q, A> ServerCall.Listener<Q> serve(
            ServerCall<Q, A> call,
            Metadata headers,
            ServerCallHandler<Q, A> next,
            Credential credential,
            Request request,
            long begun) {
        String secret = credential.login() ? orAny(credential.secret()) : null;
        ServerCall<Q, A> answering = new SimpleForwardingServerCall<>(call) {
            private boolean began;

            @Override
            public void sendHeaders(Metadata answer) {
                began = true;
                answer.put(REQUEST_ID, request.id());
                if (secret != null) {
                    answer.put(AUTHORIZATION, "Bearer " + secret);
                }
                super.sendHeaders(answer);
            }

            /** A handshake is answered without a word, and a client that logs in reads headers, not trailers. */
            @Override
            public void close(Status status, Metadata trailers) {
                ended(request, status, begun);
                if (!began && secret != null && status.isOk()) {
                    sendHeaders(new Metadata());
                }
                super.close(status, trailers);
            }
        };
        ServerCall.Listener<Q> listener =
                Contexts.interceptCall(Context.current().withValue(REQUEST, request), answering, headers, next);
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                ended(request, Status.CANCELLED, begun);
                super.onCancel();
            }
        };
    }

    /** What our codes say of a status; null: all is well. */
    private static @Nullable ErrorCode code(Status status) {
        return switch (status.getCode()) {
            case OK -> null;
            case CANCELLED -> ErrorCode.CANCELLED;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> ErrorCode.INVALID_ARGUMENT;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case ALREADY_EXISTS -> ErrorCode.ALREADY_EXISTS;
            case UNIMPLEMENTED -> ErrorCode.UNSUPPORTED;
            case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
            case PERMISSION_DENIED -> ErrorCode.PERMISSION_DENIED;
            case RESOURCE_EXHAUSTED -> ErrorCode.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
            case DEADLINE_EXCEEDED -> ErrorCode.TIMED_OUT;
            default -> ErrorCode.INTERNAL;
        };
    }

    /** Where access control is off a password may be empty, but clients take no empty token. */
    private static String orAny(@Nullable String secret) {
        return secret == null || secret.isEmpty() ? "anyone" : secret;
    }

    private static String address(ServerCall<?, ?> call) {
        @Nullable SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "";
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
