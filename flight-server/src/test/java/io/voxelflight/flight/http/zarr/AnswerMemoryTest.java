package io.voxelflight.flight.http.zarr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Room is given in turns, and what nobody needs comes back. */
@Timeout(20)
class AnswerMemoryTest {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        clock.shutdownNow();
    }

    @Test
    void whoFindsNoRoomGetsItWhenItComesFree() {
        AnswerMemory memory = new AnswerMemory(100, Duration.ofMinutes(1), clock);
        AnswerMemory.Room first = memory.take("a", 70).join();
        CompletableFuture<AnswerMemory.Room> second = memory.take("a", 60);
        assertThat(second).isNotDone();
        first.shrink(50);
        assertThat(second).isNotDone();
        first.shrink(40);
        second.join().close();
        first.close();
        first.close();
        assertThat(memory.taken()).isZero();
    }

    @Test
    void whoWaitsTooLongIsToldAndTakesNothing() {
        AnswerMemory memory = new AnswerMemory(100, Duration.ofMillis(1), clock);
        AnswerMemory.Room first = memory.take("a", 100).join();
        CompletableFuture<AnswerMemory.Room> late = memory.take("a", 1);
        assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ServiceException.class)
                .cause()
                .hasMessageContaining("--zarr-memory")
                .extracting(failure -> ((ServiceException) failure).code())
                .isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
        first.close();
        assertThat(memory.taken()).isZero();
    }

    @Test
    void moreThanThereCanBeIsRefusedAtOnce() {
        AnswerMemory memory = new AnswerMemory(100, Duration.ofMinutes(1), clock);
        assertThatThrownBy(() -> memory.take("a", 101).join()).hasMessageContaining("101");
    }
}
