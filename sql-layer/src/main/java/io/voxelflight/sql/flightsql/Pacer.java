package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
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

    /** @throws ServiceException CANCELLED if the client has gone, TIMED_OUT if it takes nothing for too long */
    synchronized void await() {
        long end = System.nanoTime() + patience.toNanos();
        while (!listener.isReady()) {
            if (listener.isCancelled()) {
                throw new ServiceException(ErrorCode.CANCELLED, "the client has gone");
            }
            if (cancelled.getAsBoolean()) {
                throw Run.cancelled();
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new ServiceException(
                        ErrorCode.TIMED_OUT, "the client took no data for " + patience.toSeconds() + " s: read faster");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ServiceException(ErrorCode.CANCELLED, "the server stops", e);
            }
        }
    }
}
