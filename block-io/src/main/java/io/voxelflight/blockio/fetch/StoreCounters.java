package io.voxelflight.blockio.fetch;

import java.util.concurrent.atomic.LongAdder;

/** Counts what is done at one endpoint. */
final class StoreCounters {
    final LongAdder requests = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder failures = new LongAdder();

    StoreStatistics snapshot() {
        return new StoreStatistics(requests.sum(), bytes.sum(), retries.sum(), failures.sum());
    }
}
