package io.voxelflight.flight.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.voxelflight.flight.stream.FrameCounters;
import java.time.Duration;

/** Counts Flight calls, and the messages of DoGet. */
final class CallMetrics implements ServerInterceptor {
    private final MeterRegistry registry;

    CallMetrics(MeterRegistry registry, FrameCounters frames) {
        this.registry = registry;
        FunctionCounter.builder("voxelflight.frames", frames, FrameCounters::direct)
                .description("messages of DoGet by the way they took to the network")
                .tag("path", "direct")
                .register(registry);
        FunctionCounter.builder("voxelflight.frames", frames, FrameCounters::copied)
                .description("messages of DoGet by the way they took to the network")
                .tag("path", "copied")
                .register(registry);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        long start = System.nanoTime();
        String method = call.getMethodDescriptor().getBareMethodName();
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        Timer.builder("voxelflight.flight.calls")
                                .description("Flight calls that were answered")
                                .tag("method", String.valueOf(method))
                                .tag("status", status.getCode().name())
                                .register(registry)
                                .record(Duration.ofNanos(System.nanoTime() - start));
                        super.close(status, trailers);
                    }
                },
                headers);
    }
}
