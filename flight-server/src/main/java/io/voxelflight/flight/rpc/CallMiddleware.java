package io.voxelflight.flight.rpc;

import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Request;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallInfo;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.RequestContext;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter.KeyFactory;

/** Carries what {@link CallInterceptor} found of a call to the producers, on whichever thread they work. */
public final class CallMiddleware implements FlightServerMiddleware {
    private static final Key<CallMiddleware> KEY = Key.of("voxelflight-call");

    static final KeyFactory<CallMiddleware> FACTORY = new KeyFactory<>(KEY, CallMiddleware::new);

    private final Request request;

    @SuppressWarnings("UnusedVariable") // Flight's signature
    private CallMiddleware(CallInfo info, CallHeaders incoming, RequestContext context) {
        this.request = CallInterceptor.request();
    }

    /** The call that is being answered. */
    public static Request request(CallContext context) {
        CallMiddleware mine = context.getMiddleware(KEY);
        if (mine == null) { // never serve a call that nobody has looked at
            throw CallStatus.INTERNAL
                    .withDescription("the call came past the access control")
                    .toRuntimeException();
        }
        return mine.request;
    }

    public static Caller caller(CallContext context) {
        return request(context).caller();
    }

    @Override
    public void onBeforeSendingHeaders(CallHeaders outgoing) {
        // sent by the interceptor
    }

    @Override
    public void onCallCompleted(CallStatus status) {
        // counted by the interceptors
    }

    @Override
    public void onCallErrored(Throwable failure) {
        // counted by the interceptors
    }
}
