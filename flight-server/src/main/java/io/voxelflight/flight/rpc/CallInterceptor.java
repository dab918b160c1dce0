package io.voxelflight.flight.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.voxelflight.flight.access.Credential;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.stream.FlightErrors;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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

    CallInterceptor(Doorkeeper doorkeeper) {
        this.doorkeeper = doorkeeper;
    }

    /** The call that the running thread begins. */
    static Request request() {
        return REQUEST.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (HealthGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        Credential credential;
        Request request;
        try {
            credential = Credential.of(name -> headers.get(key(name)));
            request = Request.of(doorkeeper.admit(credential), address(call));
        } catch (RuntimeException e) {
            call.close(StatusUtils.toGrpcStatus(FlightErrors.of(e).status()), new Metadata());
            return new ServerCall.Listener<>() {};
        }
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
                if (!began && secret != null && status.isOk()) {
                    sendHeaders(new Metadata());
                }
                super.close(status, trailers);
            }
        };
        return Contexts.interceptCall(Context.current().withValue(REQUEST, request), answering, headers, next);
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
