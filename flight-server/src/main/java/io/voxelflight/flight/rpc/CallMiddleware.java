package io.voxelflight.flight.rpc;

import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Request;
import java.util.Map;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter.KeyFactory;
import org.jspecify.annotations.Nullable;

/** Carries what {@link CallInterceptor} found of a call to the producers, on whichever thread they work. */
public final class CallMiddleware implements FlightServerMiddleware {
    private static final Key<CallMiddleware> KEY = Key.of("voxelflight-call");

    static final KeyFactory<CallMiddleware> FACTORY =
            new KeyFactory<>(KEY, (call, incoming, context) -> new CallMiddleware(CallInterceptor.request()));

    private final @Nullable Request request;

    private CallMiddleware(@Nullable Request request) {
        this.request = request;
    }

    /** The call that is being answered. */
    public static Request request(CallContext context) {
        CallMiddleware mine = context.getMiddleware(KEY);
        if (mine == null || mine.request == null) { // never serve a call that nobody has looked at
            throw CallStatus.INTERNAL
                    .withDescription("the call came past the access control")
                    .toRuntimeException();
        }
        return mine.request;
    }

    /** PollFlightInfo as other calls: Flight runs no middleware for it. To be asked on the thread on which it begins. */
    static CallContext ofPoll(CallContext context) {
        CallMiddleware mine = new CallMiddleware(CallInterceptor.request());
        return new CallContext() {
            @Override
            public String peerIdentity() {
                return context.peerIdentity();
            }

            @Override
            public boolean isCancelled() {
                return context.isCancelled();
            }

            @Override
            @SuppressWarnings("unchecked") // a key is that of its own class
            public <T extends FlightServerMiddleware> @Nullable T getMiddleware(Key<T> key) {
                return key == (Object) KEY ? (T) mine : context.getMiddleware(key);
            }

            @Override
            public Map<Key<?>, FlightServerMiddleware> getMiddleware() {
                return Map.of(KEY, mine);
            }
        };
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
