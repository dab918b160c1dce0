package io.voxelflight.model;

import java.util.concurrent.atomic.AtomicBoolean;

/** A flag that work looks at between its steps: set once, by who no longer wants the result. */
public final class Cancellation {
    private final AtomicBoolean cancelled = new AtomicBoolean();

    public void cancel() {
        cancelled.set(true);
    }

    public boolean isCancelled() {
        return cancelled.get();
    }

    /**
     * Returns if the result is still wanted.
     *
     * @throws ServiceException {@link ErrorCode#CANCELLED} if not
     */
    public void throwIfCancelled() {
        if (isCancelled()) {
            throw new ServiceException(ErrorCode.CANCELLED, "the request was cancelled");
        }
    }
}
