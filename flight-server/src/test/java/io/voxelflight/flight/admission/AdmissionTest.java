package io.voxelflight.flight.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() {
        clock.shutdownNow();
    }

    @Test
    void furtherStreamsTakeTurns() {
        StreamGate gate = new StreamGate(2, Duration.ofMinutes(1), clock, Runnable::run);
        StreamGate.Pass a = enter(gate, "a");
        StreamGate.Pass b = enter(gate, "b");
        StreamGate.Pass c = enter(gate, "c");
        StreamGate.Pass d = enter(gate, "d");
        StreamGate.Pass e = enter(gate, "e");
        assertThat(events).containsExactly("a", "b");
        d.leave(); // went away while it waited
        a.leave();
        a.leave();
        assertThat(events).containsExactly("a", "b", "c");
        assertThat(gate.running()).isEqualTo(2);
        b.leave();
        c.leave();
        e.leave();
        assertThat(events).containsExactly("a", "b", "c", "e");
        assertThat(gate.running()).isZero();
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void whoWaitsTooLongIsToldTheLimit() {
        StreamGate gate = new StreamGate(1, Duration.ofMillis(30), clock, Runnable::run);
        StreamGate.Pass a = enter(gate, "a");
        StreamGate.Pass b = enter(gate, "b");
        Awaitility.await().until(() -> events.size() == 2);
        assertThat(events.get(1)).startsWith("RESOURCE_EXHAUSTED this server runs 1 block streams at once");
        b.leave();
        a.leave();
        enter(gate, "c").leave();
        assertThat(events).endsWith("c");
    }

    @Test
    void readAheadLeavesRoomForThoseWhoHaveNothing() {
        MemoryBudget budget = new MemoryBudget(100);
        Runnable greedy = () -> events.add("greedy");
        Runnable late = () -> events.add("late");
        assertThat(budget.tryTake(20, true, greedy)).isTrue();
        assertThat(budget.tryTake(20, false, greedy)).isTrue();
        assertThat(budget.tryTake(20, false, greedy)).isFalse();
        assertThat(budget.tryTake(40, true, late)).isTrue();
        assertThat(budget.tryTake(21, true, late)).isFalse();
        assertThat(budget.taken()).isEqualTo(80);
        budget.release(40);
        assertThat(events).containsExactly("greedy", "late");
        budget.release(40);
        assertThat(events).hasSize(2);
        assertThat(budget.taken()).isZero();
    }

    private StreamGate.Pass enter(StreamGate gate, String name) {
        return gate.enter(() -> events.add(name), why -> {
            assertThat(why.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
            events.add(why.code() + " " + why.line());
        });
    }
}
