package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;

/**
 * Makes a producing thread wait until the client takes more. Must not be used on the thread that calls the listener's
 * handlers.
 */
final class Pacer {
    private final ServerStreamListener listener;
    private final Duration patience;
    private final BooleanSupplier cancelled;

    /**
     * @param patience how long a client may take nothing
     * @param cancelled whether the rows are not wanted any more, for another reason than that the client has gone
     */
    Pacer(ServerStreamListener listener, Duration patience, BooleanSupplier cancelled) {
        this.listener = listener;
        this.cancelled = cancelled;
        this.patience = patience;
        listener.setOnReadyHandler(this::wake);
    }

    synchronized void wake() {
        notifyAll();
    }

    /**
     * Waits because the rows would go out too fast, which is no fault of the client's.
     *
     * @param nanosToWait for how long; 0: not any more
     * @throws ServiceException CANCELLED if the client has gone
     */
    synchronized void pause(LongSupplier nanosToWait) {
        for (long nanos = nanosToWait.getAsLong(); nanos > 0; nanos = nanosToWait.getAsLong()) {
            checkWanted();
            sleep(Math.max(1, nanos / 1_000_000));
        }
    }

    private void checkWanted() {
        if (listener.isCancelled()) {
            throw new ServiceException(ErrorCode.CANCELLED, "the client has gone");
        }
        if (cancelled.getAsBoolean()) {
            throw Run.cancelled();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // who calls it looks again
    private synchronized void sleep(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "the server stops", e);
        }
    }

    /** @throws ServiceException CANCELLED if the client has gone, TIMED_OUT if it takes nothing for too long */
    synchronized void await() {
        long end = System.nanoTime() + patience.toNanos();
        while (!listener.isReady()) {
            checkWanted();
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new ServiceException(
                        ErrorCode.TIMED_OUT, "the client took no data for " + patience.toSeconds() + " s: read faster");
            }
            sleep(left);
        }
    }
}
