package io.voxelflight.flight.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voxelflight.catalog.api.BlockAccess;
import io.voxelflight.catalog.api.UsageLog;
import io.voxelflight.catalog.api.UsageRow;
import io.voxelflight.catalog.api.UsageSum;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Usage waits for a database that does not answer, is counted once, and nobody waits for it. */
@Timeout(60)
class UsageRecorderTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:34:56Z"), ZoneOffset.UTC);
    private static final UUID EM = UUID.fromString("00000000-0000-4000-8000-000000000001");

    private final Store store = new Store();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    /** A database that does what the test says, and keeps to {@link UsageLog#add}'s word about batches. */
    private static final class Store implements UsageLog {
        private volatile @Nullable ErrorCode failure;
        private volatile @Nullable CountDownLatch pause;
        private volatile int attempts;
        private boolean loseAnswer;
        private long batch;
        private final Map<String, Long> requests = new HashMap<>();

        @Override
        public synchronized void add(UUID writer, long number, List<UsageRow> rows) {
            attempts++;
            CountDownLatch gate = pause;
            if (gate != null) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            ErrorCode code = failure;
            if (code != null) {
                throw new ServiceException(code, "as the test says");
            }
            if (number > batch) {
                batch = number;
                rows.forEach(row -> requests.merge(
                        row.caller() + " " + row.dataset() + " " + row.door() + " " + row.hour(),
                        row.requests(),
                        Long::sum));
            }
            if (loseAnswer) {
                loseAnswer = false;
                throw new ServiceException(ErrorCode.UNAVAILABLE, "the answer got lost");
            }
        }

        @Override
        public void append(List<BlockAccess> accesses) {}

        @Override
        public void prepareDays(LocalDate today, int keepDays) {}

        @Override
        public List<UsageSum> sums(By by, Instant since) {
            return List.of();
        }
    }

    private UsageRecorder recorder() {
        return new UsageRecorder(store, 0, 1, Duration.ofMillis(10), CLOCK, metrics);
    }

    private static CallReport call(String caller, @Nullable String dataset, boolean first) {
        Caller who = new Caller("key:" + caller, caller, Role.READER, DatasetPatterns.ALL, Quota.NONE, null);
        return new CallReport(
                Request.of(who, "127.0.0.1"),
                first,
                Door.FLIGHT,
                dataset == null ? null : new Request.Subject(EM, new DatasetName(dataset)),
                null,
                1,
                100,
                8,
                6,
                Duration.ZERO,
                Duration.ZERO);
    }

    @Test
    void sumsAreWrittenByCallerDatasetDoorAndHour() {
        try (UsageRecorder recorder = recorder()) {
            recorder.ended(call("a", "em", true));
            recorder.ended(call("a", "em", true));
            recorder.ended(call("a", "em", false)); // another stream of a call that was counted
            recorder.ended(call("a", null, true));
            recorder.ended(call("b", "em", true));
        }
        assertThat(store.requests)
                .isEqualTo(Map.of(
                        "a em flight 2026-03-01T12:00:00Z", 2L,
                        "a null flight 2026-03-01T12:00:00Z", 1L,
                        "b em flight 2026-03-01T12:00:00Z", 1L));
    }

    @Test
    void whatTheDatabaseDoesNotTakeWaitsAndIsCountedOnce() {
        store.failure = ErrorCode.UNAVAILABLE;
        try (UsageRecorder recorder = recorder()) {
            recorder.ended(call("a", "em", true));
            Awaitility.await().until(() -> store.attempts > 2);
            recorder.ended(call("a", "em", true));
            synchronized (store) {
                store.loseAnswer = true;
                store.failure = null;
            }
        }
        // the last attempt, at the close, may have been the one whose answer got lost
        assertThat(store.requests.values().stream().mapToLong(Long::longValue).sum())
                .isBetween(1L, 2L);
        assertThat(dropped()).isZero();
    }

    @Test
    void noCallWaitsForADatabaseThatHangs() {
        CountDownLatch gate = new CountDownLatch(1);
        store.pause = gate;
        try (UsageRecorder recorder = recorder()) {
            recorder.ended(call("a", "em", true));
            Awaitility.await().until(() -> store.attempts == 1);
            for (int i = 0; i < 10_005; i++) { // would hang if it waited
                recorder.ended(call("caller" + i, null, true));
            }
            assertThat(dropped()).as("those for which there is no room").isEqualTo(5);
            store.pause = null;
            gate.countDown();
        }
        assertThat(store.requests).hasSize(10_001);
    }

    @Test
    void whatTheDatabaseRefusesIsCountedAndDoesNotBlockTheRest() {
        store.failure = ErrorCode.INTERNAL;
        try (UsageRecorder recorder = recorder()) {
            recorder.ended(call("a", "em", true));
            Awaitility.await().until(() -> dropped() == 1);
            store.failure = null;
            recorder.ended(call("b", "em", true));
        }
        assertThat(store.requests.keySet()).containsExactly("b em flight 2026-03-01T12:00:00Z");
    }

    private double dropped() {
        return metrics.get("voxelflight.usage.dropped").functionCounter().count();
    }
}
