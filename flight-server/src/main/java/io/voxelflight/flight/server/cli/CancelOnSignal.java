package io.voxelflight.flight.server.cli;

import io.voxelflight.model.Cancellation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns the end of the program that a signal asks for (Ctrl-C, SIGTERM) into a cancellation, and holds it up until the work
 * has cleaned up after itself. Open it around the work.
 */
final class CancelOnSignal implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Cancellation cancellation = new Cancellation();
    private final CountDownLatch cleanedUp = new CountDownLatch(1);
    private final Thread hook = new Thread(this::cancelAndWait, "cancel-on-signal");

    private volatile Runnable onCancel = () -> {};

    CancelOnSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Besides the flag: what ends work that waits. Called by another thread, at any moment. */
    void onCancel(Runnable action) {
        onCancel = action;
        if (cancellation.isCancelled()) {
            action.run();
        }
    }

    Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public void close() {
        cleanedUp.countDown();
        if (!cancellation.isCancelled()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException shuttingDown) {
                // the signal came this very moment: the hook finds the work done
            }
        }
    }

    private void cancelAndWait() {
        cancellation.cancel();
        onCancel.run();
        try {
            boolean inTime = cleanedUp.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!inTime) {
                System.err.println("voxelflight: gave up waiting for the work to clean up, the next run of it does");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
