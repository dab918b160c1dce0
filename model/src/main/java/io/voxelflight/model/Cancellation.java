package io.voxelflight.model;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What long work asks between its steps: whether its result is still wanted, and whether others go first. Set once, by who no
 * longer wants the result.
 */
public final class Cancellation {
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final Runnable giveWay;

    /** Of work that nobody else waits for. */
    public Cancellation() {
        this(() -> {});
    }

    /** @param giveWay run between steps by the thread that works; may do others' work first */
    public Cancellation(Runnable giveWay) {
        this.giveWay = giveWay;
    }

    public void cancel() {
        cancelled.set(true);
    }

    public boolean isCancelled() {
        return cancelled.get();
    }

    /**
     * Between two steps, where the work holds nothing that others may wait for: lets those go first whose turn it is.
     *
     * @throws ServiceException {@link ErrorCode#CANCELLED} if the result is not wanted any more
     */
    public void pause() {
        throwIfCancelled();
        giveWay.run();
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
