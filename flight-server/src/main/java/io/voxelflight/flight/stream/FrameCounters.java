package io.voxelflight.flight.stream;

import java.util.concurrent.atomic.LongAdder;

/** How messages reached the network: handed over as they are, or copied because gRPC did not take them. */
public final class FrameCounters {
    private final LongAdder direct = new LongAdder();
    private final LongAdder copied = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    void count(boolean wasDirect, long length) {
        (wasDirect ? direct : copied).increment();
        bytes.add(length);
    }

    /** Messages that gRPC took by reference. */
    public long direct() {
        return direct.sum();
    }

    /** Messages that had to be copied: more than none means that gRPC was changed under us. */
    public long copied() {
        return copied.sum();
    }

    public long bytes() {
        return bytes.sum();
    }
}
