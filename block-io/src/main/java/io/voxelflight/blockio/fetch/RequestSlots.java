package io.voxelflight.blockio.fetch;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The requests that may run at once to one endpoint. */
final class RequestSlots {
    private static final long POLL_MILLIS = 20;

    private final Semaphore free;

    RequestSlots(int count) {
        this.free = new Semaphore(count, true);
    }

    /** Waits for a slot, which {@link #release} gives back. */
    void acquire(Cancellation cancellation) {
        try {
            while (!free.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                cancellation.throwIfCancelled();
            }
            if (cancellation.isCancelled()) { // along with who gave its slot back
                free.release();
                cancellation.throwIfCancelled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "the wait for a free request was interrupted", e);
        }
    }

    void release() {
        free.release();
    }
}
