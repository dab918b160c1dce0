package io.voxelflight.flight.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadPoolTest {
    private final AtomicLong clock = new AtomicLong();
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    /** A stream with some blocks. */
    private static final class Blocks implements ReadPool.Reader {
        private final String caller;
        private final Deque<Runnable> blocks;

        Blocks(String caller, Runnable... blocks) {
            this.caller = caller;
            this.blocks = new ArrayDeque<>(List.of(blocks));
        }

        @Override
        public String caller() {
            return caller;
        }

        @Override
        public synchronized @Nullable Runnable claim() {
            return blocks.poll();
        }
    }

    private Runnable block(String name, long takes) {
        return () -> {
            clock.addAndGet(takes);
            done.add(name);
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The end of a stream: closing a pool does not wait for it. */
    private static Runnable end(CountDownLatch left) {
        return left::countDown;
    }

    @Test
    void callersGetTheSameTimeHoweverLongTheirBlocksTake() throws Exception {
        CountDownLatch left = new CountDownLatch(2);
        try (ReadPool pool = new ReadPool("test-", 1, clock::get)) {
            CountDownLatch begin = new CountDownLatch(1);
            CountDownLatch held = new CountDownLatch(1);
            pool.wake(new Blocks("x", () -> {
                held.countDown();
                await(begin);
            }));
            held.await();
            pool.wake(new Blocks("slow", block("S", 30), block("S", 30), end(left)));
            pool.wake(new Blocks(
                    "fast", block("f", 10), block("f", 10), block("f", 10), block("f", 10), block("f", 10), end(left)));
            begin.countDown();
            left.await();
        }
        assertThat(String.join("", done)).isEqualTo("SfffSff");
    }

    @Test
    void aLongBlockGivesWayToWhoHasHadLess() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (ReadPool pool = new ReadPool("test-", 1, clock::get)) {
            pool.wake(new Blocks("greedy", () -> {
                pool.wake(new Blocks("modest", block("m1", 7), block("m2", 7)));
                pool.giveWay(); // equal: neither has had any time
                done.add("part 1");
                clock.addAndGet(5);
                pool.giveWay(); // 5 : 0
                done.add("part 2");
                pool.giveWay(); // 5 : 7
                done.add("part 3");
                clock.addAndGet(3);
                pool.giveWay(); // 8 : 7
                done.add("part 4");
                left.countDown();
            }));
            left.await();
        }
        assertThat(done).containsExactly("part 1", "m1", "part 2", "part 3", "m2", "part 4");
    }

    @Test
    void whoGoesFirstGivesWayToNobodyAndOwnBlocksWait() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (ReadPool pool = new ReadPool("test-", 1, clock::get)) {
            pool.wake(new Blocks("a", () -> {
                pool.wake(new Blocks("b", () -> {
                    pool.wake(new Blocks("c", block("c", 1)));
                    clock.addAndGet(1);
                    pool.giveWay();
                    done.add("b");
                }));
                pool.wake(new Blocks("a", block("own", 1)));
                clock.addAndGet(5);
                pool.giveWay();
                done.add("a");
                left.countDown();
            }));
            left.await();
        }
        assertThat(done.subList(0, 2)).containsExactly("b", "a");
    }

    @Test
    void aBlockThatFailsTakesNobodyWithIt() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (ReadPool pool = new ReadPool("test-", 1, clock::get)) {
            pool.wake(new Blocks("a", () -> {
                clock.addAndGet(1);
                pool.wake(new Blocks("b", () -> {
                    throw new IllegalStateException("a test's failure");
                }));
                clock.addAndGet(5);
                pool.giveWay();
                done.add("a");
                left.countDown();
            }));
            left.await();
        }
        assertThat(done).containsExactly("a");
    }

    @Test
    void elsewhereNothingHappens() {
        try (ReadPool pool = new ReadPool("test-", 1, clock::get)) {
            pool.giveWay();
        }
    }
}
