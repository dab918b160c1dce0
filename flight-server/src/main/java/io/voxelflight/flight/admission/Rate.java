package io.voxelflight.flight.admission;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * So many tokens a period. What was not used may be used at once later, up to a bound; more may be taken than there is,
 * then nobody gets any until the debt is paid.
 */
final class Rate {
    /** The library's own bound: a token a nanosecond. */
    private static final double MOST_PER_SECOND = 1e9;

    private final Bucket bucket;

    /** @param burst tokens that may be used at once */
    Rate(double tokens, Duration period, double burst, TimeMeter time) {
        double most = MOST_PER_SECOND * period.toNanos() / 1e9;
        long refill = Math.max(1, Math.round(Math.min(most, tokens)));
        long capacity = Math.max(1, Math.round(burst));
        this.bucket = Bucket.builder()
                .withCustomTimePrecision(time)
                .addLimit(limit -> limit.capacity(capacity).refillGreedy(refill, period))
                .build();
    }

    /** Takes tokens if there are so many, else says for how many nanoseconds to wait; 0: taken. */
    long tryTake(long tokens) {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(tokens);
        return probe.isConsumed() ? 0 : Math.max(1, probe.getNanosToWaitForRefill());
    }

    /** For how many nanoseconds to wait until there is something; 0: there is. */
    long nanosToWait() {
        return bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
    }

    /** Takes tokens, whether they are there or not. */
    void take(long tokens) {
        if (tokens > 0) {
            bucket.consumeIgnoringRateLimits(tokens);
        }
    }
}
