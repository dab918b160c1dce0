package io.voxelflight.flight.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.voxelflight.flight.admission.MemoryBudget;
import io.voxelflight.flight.admission.StreamGate;
import io.voxelflight.flight.stream.FrameCounters;
import io.voxelflight.flight.stream.StreamEvents;
import java.time.Duration;

/** Counts calls, streams, blocks and bytes. */
final class DoorMetrics implements StreamEvents, ServerInterceptor {
    private final MeterRegistry registry;
    private final Counter blocks;
    private final Counter bytes;
    private final Timer read;

    DoorMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.blocks = Counter.builder("voxelflight.blocks.sent")
                .description("blocks handed to the network")
                .register(registry);
        this.bytes = Counter.builder("voxelflight.blocks.sent.bytes")
                .description("bytes of their tensors")
                .baseUnit("bytes")
                .register(registry);
        this.read = Timer.builder("voxelflight.blocks.read")
                .description("time to fetch, decode and cut one block")
                .register(registry);
    }

    void watch(StreamGate gate, MemoryBudget budget, FrameCounters frames) {
        Gauge.builder("voxelflight.streams.running", gate, StreamGate::running)
                .description("block streams that run now")
                .register(registry);
        Gauge.builder("voxelflight.streams.waiting", gate, StreamGate::waiting)
                .description("block streams that wait for a place")
                .register(registry);
        Gauge.builder("voxelflight.streams.memory", budget, MemoryBudget::taken)
                .description("bytes that block streams hold now")
                .baseUnit("bytes")
                .register(registry);
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
    public void blockRead(Duration took) {
        read.record(took);
    }

    @Override
    public void blockSent(long length) {
        blocks.increment();
        bytes.increment((double) length);
    }

    @Override
    public void ended(String outcome, Duration took) {
        Timer.builder("voxelflight.streams")
                .description("block streams that ended")
                .tag("outcome", outcome)
                .register(registry)
                .record(took);
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
