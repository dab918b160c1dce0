package io.voxelflight.flight.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.bucket4j.TimeMeter;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.TryLaterException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller may take, by a clock that the test moves. */
class LimitsTest {
    private final Time time = new Time();

    private static final class Time implements TimeMeter {
        private long nanos;

        void pass(Duration duration) {
            nanos += duration.toNanos();
        }

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    private Limits limits(Quota usual, @Nullable Double perAddress) {
        return new Limits(usual, perAddress, time);
    }

    private static Caller caller(String id, Quota quota) {
        return new Caller(id, "name of " + id, Role.READER, DatasetPatterns.ALL, quota, null);
    }

    /** Asks as often as it can for half a minute, waiting as it is told. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3, 20, 100.5, 2000})
    void requestsHoldTheirRateOverHalfAMinute(double rate) {
        Limits limits = limits(Quota.NONE, null);
        Caller caller = caller("a", new Quota(rate, null, null, null));
        int passed = 0;
        while (time.nanos < Duration.ofSeconds(30).toNanos()) {
            try {
                limits.request(caller);
                passed++;
            } catch (TryLaterException e) {
                time.pass(e.after());
            }
        }
        assertThat((double) passed).isCloseTo(rate * 30, within(Math.max(1, rate * 30 * 0.05)));
    }

    @Test
    void theRefusalNamesTheCallerTheRateAndTheTime() {
        Limits limits = limits(Quota.NONE, null);
        Caller caller = caller("a", new Quota(2.0, null, null, null));
        limits.request(caller);
        limits.request(caller);
        assertThatThrownBy(() -> limits.request(caller))
                .isInstanceOfSatisfying(
                        TryLaterException.class, e -> assertThat(e.after()).isEqualTo(Duration.ofMillis(500)))
                .hasMessage("'name of a' makes more than 2 requests/s: try again in 500 ms");
        limits.request(caller("b", new Quota(2.0, null, null, null))); // has a rate of its own
        time.pass(Duration.ofMillis(500));
        limits.request(caller);
    }

    @Test
    void theUsualQuotaHoldsWhereTheCallersOwnSaysNothing() {
        Limits limits = limits(new Quota(1.0, 100L, 3, 1.0), null);
        Caller caller = caller("a", new Quota(null, null, 7, null));
        limits.request(caller);
        assertThatThrownBy(() -> limits.request(caller)).isInstanceOf(TryLaterException.class);
        assertThat(limits.streams(caller)).isEqualTo(7);
        assertThat(limits.streams(caller("b", Quota.NONE))).isEqualTo(3);
        limits.request(caller("a", new Quota(5.0, null, null, null))); // the key was changed
    }

    /** Two streams of one caller that send pieces of any size as soon as they may. */
    @ParameterizedTest
    @ValueSource(longs = {1_000_000, 50_000_000, 3_000_000_000L})
    void bytesHoldTheirRateOverHalfAMinute(long rate) {
        Limits limits = limits(Quota.NONE, null);
        Caller caller = caller("a", new Quota(null, rate, null, null));
        Pace[] streams = {limits.pace(caller), limits.pace(caller)};
        long piece = Math.max(1000, rate / 100);
        long sent = 0;
        for (int turn = 0; time.nanos < Duration.ofSeconds(30).toNanos(); turn++) {
            Pace pace = streams[turn % 2];
            time.pass(Duration.ofNanos(pace.nanosToWait()));
            pace.sent(piece);
            sent += piece;
        }
        assertThat((double) sent).isCloseTo(rate * 30.0, within(rate * 30 * 0.05));
    }

    @Test
    void whoIsWokenTooEarlyIsWokenAgain() throws InterruptedException {
        Limits limits = limits(Quota.NONE, null);
        Caller caller = caller("a", new Quota(null, 1L << 40, null, null));
        Pace pace = limits.pace(caller);
        assertThat(pace.nanosToWait()).isZero();
        pace.sent(1L << 38); // the clock stands still: the debt is never paid
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try {
            CountDownLatch woken = new CountDownLatch(3);
            Runnable again = new Runnable() {
                @Override
                public void run() {
                    woken.countDown();
                    assertThat(pace.isReady(clock, this)).isFalse();
                }
            };
            assertThat(pace.isReady(clock, again)).isFalse();
            assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void statementsWaitUntilTheTimeTheyTookIsPaid() {
        Limits limits = limits(Quota.NONE, null);
        Caller caller = caller("a", new Quota(null, null, null, 6.0));
        limits.statement(caller);
        limits.ran(caller, Duration.ofSeconds(9));
        assertThatThrownBy(() -> limits.statement(caller))
                .isInstanceOf(TryLaterException.class)
                .hasMessageContaining("the statements of 'name of a' took more than 6 s of a minute")
                .hasMessageContaining("try again in 31 s"); // 3 s at 6 s a minute
        time.pass(Duration.ofSeconds(31));
        limits.statement(caller);
    }

    @Test
    void addressesAreCountedBeforeItIsKnownWhoCalls() {
        Limits limits = limits(Quota.NONE, 2.0);
        limits.knock("10.0.0.1");
        limits.knock("10.0.0.1");
        assertThatThrownBy(() -> limits.knock("10.0.0.1"))
                .isInstanceOf(TryLaterException.class)
                .hasMessageContaining("10.0.0.1");
        limits.knock("10.0.0.2");
        // all addresses of a customer's IPv6 network count as one
        limits.knock("2001:db8:1:2:0:0:0:1");
        limits.knock("2001:db8:1:2:ffff:0:0:2");
        assertThatThrownBy(() -> limits.knock("2001:db8:1:2:0:0:0:3"))
                .isInstanceOf(TryLaterException.class)
                .hasMessageContaining("2001:db8:1:2::/64");
        limits.knock("2001:db8:1:3:0:0:0:1");
    }

    @Test
    void noLimitsAreNoLimits() {
        for (int i = 0; i < 10_000; i++) {
            Limits.NONE.knock("10.0.0.1");
            Limits.NONE.request(Caller.ANYONE);
            Limits.NONE.statement(Caller.ANYONE);
        }
        assertThat(Limits.NONE.pace(Caller.ANYONE)).isSameAs(Pace.FREE);
        assertThat(Limits.NONE.streams(Caller.ANYONE)).isEqualTo(Integer.MAX_VALUE);
    }
}
