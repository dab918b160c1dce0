package io.voxelflight.flight.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.admission.MemoryBudget;
import io.voxelflight.flight.admission.StreamGate;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.plan.StreamPlan;
import java.time.Duration;
import java.util.Locale;

/** Counts streams, blocks and bytes. */
public final class StreamMetrics implements StreamEvents {
    private final MeterRegistry registry;
    private final Counter blocks;
    private final Counter bytes;
    private final Timer read;

    public StreamMetrics(MeterRegistry registry) {
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

    void watch(StreamGate gate, MemoryBudget budget) {
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
    }

    @Override
    public void blockRead(Duration took) {
        read.record(took);
    }

    @Override
    public void blockSent(Request request, Door door, StreamPlan plan, PlannedBlock block) {
        blocks.increment();
        bytes.increment((double) plan.blockBytes());
    }

    @Override
    public void ended(StreamReport report) {
        Timer.builder("voxelflight.streams")
                .description("block streams that ended")
                .tag("door", report.door().toString())
                .tag("outcome", report.outcome().name().toLowerCase(Locale.ROOT))
                .register(registry)
                .record(report.took());
    }
}
