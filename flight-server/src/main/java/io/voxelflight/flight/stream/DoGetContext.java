package io.voxelflight.flight.stream;

import java.util.Map;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.RequestContext;
import org.apache.arrow.flight.auth2.Auth2Constants;
import org.apache.arrow.flight.grpc.RequestContextAdapter;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter;
import org.jspecify.annotations.Nullable;

/** Who calls, as Flight's interceptors have found: read on the gRPC thread, used on others. */
final class DoGetContext implements CallContext {
    private final FrameCall call;
    private final String peer;
    private final Map<FlightServerMiddleware.Key<?>, FlightServerMiddleware> middleware;

    DoGetContext(FrameCall call) {
        this.call = call;
        RequestContext context = RequestContextAdapter.REQUEST_CONTEXT_KEY.get();
        String known = context == null ? null : context.get(Auth2Constants.PEER_IDENTITY_KEY);
        this.peer = known == null ? "" : known;
        Map<FlightServerMiddleware.Key<?>, FlightServerMiddleware> active =
                ServerInterceptorAdapter.SERVER_MIDDLEWARE_KEY.get();
        this.middleware = active == null ? Map.of() : active;
    }

    @Override
    public String peerIdentity() {
        return peer;
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T extends FlightServerMiddleware> @Nullable T getMiddleware(FlightServerMiddleware.Key<T> key) {
        return (T) middleware.get(key);
    }

    @Override
    public Map<FlightServerMiddleware.Key<?>, FlightServerMiddleware> getMiddleware() {
        return middleware;
    }
}
