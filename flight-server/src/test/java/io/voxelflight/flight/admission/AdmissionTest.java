package io.voxelflight.flight.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    void whatDoesNotWaitRunsHereIfThereIsAPlace() {
        List<Runnable> elsewhere = new ArrayList<>();
        StreamGate gate = new StreamGate(1, Duration.ofMinutes(1), clock, elsewhere::add);
        StreamGate.Pass here = pass(gate, "a", StreamGate.Kind.BLOCKS, 100, "here");
        StreamGate.Pass later = pass(gate, "b", StreamGate.Kind.BLOCKS, 100, "later");
        here.enterHere();
        later.enterHere();
        assertThat(events).containsExactly("here");
        here.leave();
        assertThat(elsewhere).hasSize(1);
        elsewhere.get(0).run();
        assertThat(events).containsExactly("here", "later");
        later.leave();
        StreamGate.Pass gone = pass(gate, "c", StreamGate.Kind.BLOCKS, 100, "gone");
        gone.leave();
        gone.enter();
        gone.enterHere();
        assertThat(elsewhere).hasSize(1);
        assertThat(events).hasSize(2);
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
        assertThat(budget.tryTake("a", 20, true, greedy)).isTrue();
        assertThat(budget.tryTake("a", 20, false, greedy)).isTrue();
        assertThat(budget.tryTake("a", 20, false, greedy)).isFalse();
        assertThat(budget.tryTake("a", 40, true, late)).isTrue();
        assertThat(budget.tryTake("a", 21, true, late)).isFalse();
        assertThat(budget.taken()).isEqualTo(80);
        budget.release("a", 40);
        assertThat(events).containsExactly("greedy", "late");
        budget.release("a", 40);
        assertThat(events).hasSize(2);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void callersTakeTurnsHoweverManyStreamsEachAsksFor() {
        StreamGate gate = new StreamGate(1, Duration.ofMinutes(1), clock, Runnable::run);
        Map<String, StreamGate.Pass> passes = new HashMap<>();
        for (String name : List.of("greedy0", "greedy1", "greedy2", "greedy3", "modest0", "third0", "modest1")) {
            String caller = name.substring(0, name.length() - 1);
            passes.put(name, enter(gate, caller, StreamGate.Kind.BLOCKS, 100, name));
        }
        for (int ended = 0; ended < passes.size(); ended++) {
            assertThat(events).hasSize(ended + 1);
            Objects.requireNonNull(passes.get(events.get(ended))).leave();
        }
        assertThat(events).containsExactly("greedy0", "greedy1", "modest0", "third0", "greedy2", "modest1", "greedy3");
        assertThat(gate.running()).isZero();
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void whoHasAllItMayHaveHoldsUpNobodyElse() {
        StreamGate gate = new StreamGate(10, Duration.ofMinutes(1), clock, Runnable::run);
        StreamGate.Pass first = enter(gate, "a", StreamGate.Kind.BLOCKS, 1, "a0");
        StreamGate.Pass second = enter(gate, "a", StreamGate.Kind.BLOCKS, 1, "a1");
        StreamGate.Pass rows = enter(gate, "a", StreamGate.Kind.ROWS, 1, "rows");
        StreamGate.Pass other = enter(gate, "b", StreamGate.Kind.BLOCKS, 1, "b0");
        assertThat(events).containsExactly("a0", "b0");
        assertThat(gate.waiting()).isEqualTo(2);
        first.leave();
        assertThat(events).containsExactly("a0", "b0", "a1");
        second.leave();
        assertThat(events).containsExactly("a0", "b0", "a1", "rows");
        assertThat(gate.running()).as("rows are no block streams").isEqualTo(1);
        rows.leave();
        other.leave();
        assertThat(gate.running()).isZero();
    }

    @Test
    void whoWaitsForAPlaceOfItsOwnIsToldSo() {
        StreamGate gate = new StreamGate(10, Duration.ofMillis(30), clock, Runnable::run);
        StreamGate.Pass first = enter(gate, "a", StreamGate.Kind.BLOCKS, 1, "a0");
        enter(gate, "a", StreamGate.Kind.BLOCKS, 1, "a1");
        Awaitility.await().until(() -> events.size() == 2);
        assertThat(events.get(1)).contains("the caller runs 1 streams at once");
        first.leave();
        enter(gate, "a", StreamGate.Kind.BLOCKS, 1, "a2").leave();
        assertThat(events).endsWith("a2");
    }

    @Test
    void aGreedyCallerLeavesRoomForOthers() {
        MemoryBudget budget = new MemoryBudget(160);
        Runnable wake = () -> events.add("woken");
        for (int i = 0; i < 8; i++) {
            assertThat(budget.tryTake("greedy", 10, false, wake)).isTrue();
        }
        assertThat(budget.tryTake("greedy", 10, false, wake))
                .as("half for read-ahead")
                .isFalse();
        assertThat(budget.tryTake("modest", 10, true, wake)).isTrue();
        int more = 0;
        while (budget.tryTake("greedy", 10, true, wake)) {
            more++;
        }
        assertThat(more).as("all but the last eighth").isEqualTo(5);
        assertThat(budget.tryTake("modest", 10, true, wake)).isTrue();
        assertThat(budget.tryTake("modest", 10, true, wake)).isTrue();
        assertThat(budget.taken()).isEqualTo(160);
        budget.release("greedy", 130);
        budget.release("modest", 30);
        assertThat(budget.taken()).isZero();
        assertThat(budget.tryTake("modest", 80, false, wake))
                .as("who is gone has no part any more")
                .isTrue();
    }

    private StreamGate.Pass enter(StreamGate gate, String name) {
        return enter(gate, "a", StreamGate.Kind.BLOCKS, 100, name);
    }

    private StreamGate.Pass enter(StreamGate gate, String caller, StreamGate.Kind kind, int bound, String name) {
        StreamGate.Pass pass = pass(gate, caller, kind, bound, name);
        pass.enter();
        return pass;
    }

    private StreamGate.Pass pass(StreamGate gate, String caller, StreamGate.Kind kind, int bound, String name) {
        return gate.pass(caller, kind, bound, () -> events.add(name), why -> {
            assertThat(why.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
            events.add(why.code() + " " + why.line());
        });
    }
}
