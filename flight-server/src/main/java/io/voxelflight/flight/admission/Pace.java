package io.voxelflight.flight.admission;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How fast one answer may go out: whoever sends asks before each piece and says what it sent. All answers to a caller share
 * the caller's rate, so that each piece sent delays the next one of any of them. Safe for use by many threads.
 */
public final class Pace {
    /** As fast as the network takes it. */
    public static final Pace FREE = new Pace(null);

    /** What the rate counts in: so that rates of many GB/s can be told. */
    static final int TOKEN_BYTES = 16;

    private final @Nullable Rate rate;
    private final AtomicBoolean armed = new AtomicBoolean();

    Pace(@Nullable Rate rate) {
        this.rate = rate;
    }

    /** For how many nanoseconds nothing may be sent; 0: something may be sent now, of any size. */
    public long nanosToWait() {
        return rate == null ? 0 : rate.nanosToWait();
    }

    /**
     * Whether something may be sent now.
     *
     * @param later run once by {@code clock} when it may, if it may not now; must not keep the thread
     */
    public boolean isReady(ScheduledExecutorService clock, Runnable later) {
        long nanos = nanosToWait();
        if (nanos == 0) {
            return true;
        }
        if (armed.compareAndSet(false, true)) {
            Future<?> unused = clock.schedule(
                    () -> {
                        armed.set(false); // before it runs: it may have to ask again
                        later.run();
                    },
                    nanos,
                    TimeUnit.NANOSECONDS);
        }
        return false;
    }

    public void sent(long bytes) {
        if (rate != null) {
            rate.take((bytes + TOKEN_BYTES - 1) / TOKEN_BYTES);
        }
    }
}
