package io.voxelflight.model;

import java.time.Duration;

/** A request beyond a rate: RESOURCE_EXHAUSTED, with the time after which the same request goes through. */
public final class TryLaterException extends ServiceException {
    private static final long serialVersionUID = 1L;

    private final Duration after;

    /**
     * @param what is used up, such as {@code key 'a' makes 10 requests/s}; the time to wait is said behind it
     * @param after how long to wait
     */
    public TryLaterException(String what, Duration after) {
        super(ErrorCode.RESOURCE_EXHAUSTED, what + ": try again in " + text(after));
        this.after = after;
    }

    /** How long to wait; more than 0. */
    public Duration after() {
        return after;
    }

    private static String text(Duration after) {
        long millis = Math.max(1, (after.toNanos() + 999_999) / 1_000_000);
        return millis < 10_000 ? millis + " ms" : (millis + 999) / 1000 + " s";
    }
}
