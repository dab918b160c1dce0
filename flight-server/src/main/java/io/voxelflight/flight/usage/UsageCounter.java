package io.voxelflight.flight.usage;

import io.voxelflight.catalog.api.UsageRow;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Request;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What was used since it was taken last, by caller, dataset, door and hour: a bounded number of sums. */
final class UsageCounter implements CallReports {
    private record Key(
            Instant hour,
            String callerId,
            String caller,
            @Nullable UUID datasetId,
            @Nullable String dataset,
            String door) {}

    private static final class Sum {
        private long requests;
        private long blocks;
        private long bytes;
        private long chunks;
        private long cacheHits;
        private long sqlNanos;
    }

    private final Clock clock;
    private final int most;
    private Map<Key, Sum> sums = new HashMap<>();
    private long dropped;

    /** @param most sums that are kept; calls which would need one more are dropped and counted */
    UsageCounter(Clock clock, int most) {
        this.clock = clock;
        this.most = most;
    }

    @Override
    public void ended(CallReport report) {
        Caller caller = report.request().caller();
        Request.Subject dataset = report.dataset();
        Key key = new Key(
                clock.instant().truncatedTo(ChronoUnit.HOURS),
                caller.id(),
                caller.name(),
                dataset == null ? null : dataset.id(),
                dataset == null ? null : dataset.name().value(),
                report.door().toString());
        synchronized (this) {
            Sum sum = sums.get(key);
            if (sum == null) {
                if (sums.size() >= most) {
                    dropped++;
                    return;
                }
                sum = new Sum();
                sums.put(key, sum);
            }
            sum.requests += report.first() ? 1 : 0;
            sum.blocks += report.blocks();
            sum.bytes += report.bytes();
            sum.chunks += report.chunks();
            sum.cacheHits += report.cacheHits();
            sum.sqlNanos += report.sql().toNanos();
        }
    }

    /** What was counted since the last time; it is the caller's to keep now. */
    synchronized List<UsageRow> take() {
        List<UsageRow> rows = new ArrayList<>(sums.size());
        sums.forEach((key, sum) -> rows.add(new UsageRow(
                key.hour,
                key.callerId,
                key.caller,
                key.datasetId,
                key.dataset,
                key.door,
                sum.requests,
                sum.blocks,
                sum.bytes,
                sum.chunks,
                sum.cacheHits,
                sum.sqlNanos / 1_000_000)));
        sums = new HashMap<>();
        return rows;
    }

    /** How many sums wait to be taken. */
    synchronized int size() {
        return sums.size();
    }

    /** Reports that are in no sum, for want of room. */
    synchronized long dropped() {
        return dropped;
    }
}
