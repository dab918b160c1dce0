package io.voxelflight.blockio.fetch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why one request to a store brought nothing, and whether another may. The message holds no credential. */
final class AttemptFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean passing;
    private final transient @Nullable Duration retryAfter;

    private AttemptFailure(boolean passing, @Nullable Duration retryAfter, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.passing = passing;
        this.retryAfter = retryAfter;
    }

    /** A failure that may pass by itself. */
    static AttemptFailure passing(String message, @Nullable Throwable cause) {
        return new AttemptFailure(true, null, message, cause);
    }

    /** A failure that may pass by itself, not before the server's {@code Retry-After}. */
    static AttemptFailure passing(String message, @Nullable Duration retryAfter) {
        return new AttemptFailure(true, retryAfter, message, null);
    }

    /** A failure that the next request would meet as well. */
    static AttemptFailure lasting(String message, @Nullable Throwable cause) {
        return new AttemptFailure(false, null, message, cause);
    }

    boolean mayPass() {
        return passing;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    String line() {
        String message = getMessage();
        return message == null ? "unknown cause" : message;
    }
}
