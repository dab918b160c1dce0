package io.voxelflight.flight.http.zarr;

import io.voxelflight.flight.admission.MemoryBudget;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The bytes that all answers on their way may hold. Who finds no room waits for a while; no thread waits. */
final class AnswerMemory {
    /** Room that was taken, until it is closed. */
    final class Room implements AutoCloseable {
        private final String caller;
        private long bytes;

        private Room(String caller, long bytes) {
            this.caller = caller;
            this.bytes = bytes;
        }

        /** Gives back what turned out not to be needed. */
        void shrink(long needed) {
            release(Math.max(0, needed));
        }

        @Override
        public void close() {
            release(0);
        }

        private void release(long left) {
            long freed;
            synchronized (this) {
                freed = bytes - Math.min(left, bytes);
                bytes -= freed;
            }
            if (freed > 0) {
                budget.release(caller, freed);
            }
        }
    }

    private final MemoryBudget budget;
    private final Duration patience;
    private final ScheduledExecutorService clock;

    AnswerMemory(long limitBytes, Duration patience, ScheduledExecutorService clock) {
        this.budget = new MemoryBudget(limitBytes);
        this.patience = patience;
        this.clock = clock;
    }

    /** Room for an answer to a caller; fails with RESOURCE_EXHAUSTED if there is none in time. */
    CompletableFuture<Room> take(String caller, long bytes) {
        if (bytes > budget.limit()) {
            return CompletableFuture.failedFuture(new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "a chunk may take " + bytes + " bytes, all answers of the Zarr view together may hold "
                            + budget.limit() + ": raise --zarr-memory"));
        }
        Waiting waiting = new Waiting(caller, bytes);
        waiting.wake.run();
        if (!waiting.room.isDone()) {
            waiting.giveUpAfter(patience);
        }
        return waiting.room;
    }

    long taken() {
        return budget.taken();
    }

    private final class Waiting {
        private final String caller;
        private final long bytes;
        private final CompletableFuture<Room> room = new CompletableFuture<>();
        /** One object, by which the budget knows who waits. */
        private final Runnable wake = this::tryTake;

        Waiting(String caller, long bytes) {
            this.caller = caller;
            this.bytes = bytes;
        }

        private void tryTake() {
            if (!room.isDone()
                    && budget.tryTake(caller, bytes, true, wake)
                    && !room.complete(new Room(caller, bytes))) {
                budget.release(caller, bytes); // its time was up just now
            }
        }

        void giveUpAfter(Duration time) {
            ScheduledFuture<?> timeout = clock.schedule(
                    () -> {
                        budget.forget(wake);
                        room.completeExceptionally(new ServiceException(
                                ErrorCode.RESOURCE_EXHAUSTED,
                                "the Zarr view has " + budget.limit()
                                        + " bytes of answers on their way and none was taken" + " within "
                                        + time.toSeconds() + " s: try again later, or raise --zarr-memory"));
                    },
                    time.toMillis(),
                    TimeUnit.MILLISECONDS);
            CompletableFuture<Room> unused = room.whenComplete((taken, failure) -> timeout.cancel(false));
        }
    }
}
