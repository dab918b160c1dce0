package io.voxelflight.blockio.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ChunkCacheTest {
    private static final long SIZE = 1024;
    private static final long TAKEN = SIZE + 256;

    private final BufferAllocator root = new RootAllocator();
    private final BufferAllocator caller = root.newChildAllocator("caller", 0, 1 << 20);
    private final Object array = new Object();
    private final ExecutorService pool = Executors.newCachedThreadPool();

    @AfterEach
    void everythingIsGivenBack() throws InterruptedException {
        pool.shutdownNow();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        caller.close();
        root.close();
    }

    @Test
    void oneDecodeServesAllWhoAskMeanwhile() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, 10 * TAKEN)) {
            Gate gate = new Gate();
            List<Future<ArrowBuf>> askers = new ArrayList<>();
            askers.add(ask(cache, 1, gate));
            gate.awaitEntered();
            for (int i = 0; i < 7; i++) {
                askers.add(ask(cache, 1, gate));
            }
            Awaitility.await().until(() -> cache.statistics().shared() == 7);
            gate.open();
            long address = 0;
            for (Future<ArrowBuf> asker : askers) {
                try (ArrowBuf chunk = asker.get()) {
                    assertThat(chunk.getLong(0)).isEqualTo(42);
                    assertThat(address == 0 || address == chunk.memoryAddress()).isTrue();
                    address = chunk.memoryAddress();
                }
            }
            assertThat(gate.loads.get()).isEqualTo(1);
            assertThat(cache.statistics().misses()).isEqualTo(1);
        }
    }

    @Test
    void theBoundHoldsAndThoseUsedLastStay() {
        try (ChunkCache cache = new ChunkCache(root, 3 * TAKEN)) {
            AtomicInteger loads = new AtomicInteger();
            for (long chunk : new long[] {1, 2, 3, 1, 4, 1, 3}) { // 4 takes the place of 2
                get(cache, chunk, loads).close();
                assertThat(cache.statistics().bytes()).isLessThanOrEqualTo(3 * TAKEN);
            }
            assertThat(loads.get()).isEqualTo(4);
            assertThat(cache.statistics().evictions()).isEqualTo(1);
            get(cache, 2, loads).close();
            assertThat(loads.get()).isEqualTo(5);
            assertThat(root.getAllocatedMemory()).isLessThanOrEqualTo(3 * SIZE);
        }
    }

    @Test
    void aChunkThatIsHeldOutlivesItsEvictionAtTheHoldersExpense() {
        try (ChunkCache cache = new ChunkCache(root, TAKEN)) {
            AtomicInteger loads = new AtomicInteger();
            ArrowBuf held = get(cache, 1, loads);
            assertThat(caller.getAllocatedMemory()).isZero();
            get(cache, 2, loads).close();
            assertThat(cache.statistics().evictions()).isEqualTo(1);
            assertThat(caller.getAllocatedMemory()).isEqualTo(SIZE);
            assertThat(held.getLong(0)).isEqualTo(42);
            held.close();
            assertThat(caller.getAllocatedMemory()).isZero();
        }
    }

    @Test
    void whatCannotGrowTheCacheIsDecodedForItsAskerAlone() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, TAKEN)) {
            Gate gate = new Gate();
            Future<ArrowBuf> first = ask(cache, 1, gate);
            gate.awaitEntered(); // the only place is being decoded into
            try (ArrowBuf alone = get(cache, 2, new AtomicInteger())) {
                assertThat(alone.getLong(0)).isEqualTo(42);
                assertThat(caller.getAllocatedMemory()).isEqualTo(SIZE);
                assertThat(cache.statistics().bytes()).isEqualTo(TAKEN);
            }
            gate.open();
            first.get().close();
            assertThat(cache.statistics().chunks()).isEqualTo(1);
        }
    }

    @Test
    void aFailureReachesAllWhoWaitAndIsNotRemembered() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, 10 * TAKEN)) {
            Gate gate = new Gate();
            ChunkCache.Loader failing = destination -> {
                gate.pass();
                throw new ServiceException(ErrorCode.CORRUPT_DATA, "object o is torn");
            };
            Future<ArrowBuf> first = pool.submit(() -> acquire(cache, 1, failing, new Cancellation()));
            gate.awaitEntered();
            Future<ArrowBuf> second = pool.submit(() -> acquire(cache, 1, failing, new Cancellation()));
            Awaitility.await().until(() -> cache.statistics().shared() == 1);
            gate.open();
            for (Future<ArrowBuf> asker : List.of(first, second)) {
                assertThatThrownBy(asker::get)
                        .cause()
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.CORRUPT_DATA))
                        .hasMessage("object o is torn");
            }
            assertThat(cache.statistics().bytes()).isZero();
            get(cache, 1, new AtomicInteger()).close();
        }
    }

    @Test
    void anErrorOfTheLoaderLeavesNobodyWaiting() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, 10 * TAKEN)) {
            Gate gate = new Gate();
            ChunkCache.Loader broken = destination -> {
                gate.pass();
                throw new StackOverflowError("deep");
            };
            Future<ArrowBuf> first = pool.submit(() -> acquire(cache, 1, broken, new Cancellation()));
            gate.awaitEntered();
            Future<ArrowBuf> second = pool.submit(() -> acquire(cache, 1, broken, new Cancellation()));
            Awaitility.await().until(() -> cache.statistics().shared() == 1);
            gate.open();
            assertThatThrownBy(first::get).hasCauseInstanceOf(StackOverflowError.class);
            assertThatThrownBy(second::get).hasCauseInstanceOf(ServiceException.class);
        }
    }

    @Test
    void whoWaitsCanBeCancelledAndTheDecodeGoesOn() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, 10 * TAKEN)) {
            Gate gate = new Gate();
            Future<ArrowBuf> first = ask(cache, 1, gate);
            gate.awaitEntered();
            Cancellation cancellation = new Cancellation();
            Future<ArrowBuf> waiting = pool.submit(() -> acquire(cache, 1, gate, cancellation));
            Awaitility.await().until(() -> cache.statistics().shared() == 1);
            cancellation.cancel();
            assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            gate.open();
            first.get().close();
            assertThat(cache.statistics().hits()).isZero();
            get(cache, 1, new AtomicInteger()).close();
            assertThat(cache.statistics().hits()).isEqualTo(1);
        }
    }

    @Test
    void thatNothingIsStoredIsRememberedWithinTheBound() {
        try (ChunkCache cache = new ChunkCache(root, 2 * TAKEN)) {
            AtomicInteger loads = new AtomicInteger();
            ChunkCache.Loader nothing = destination -> {
                loads.incrementAndGet();
                return false;
            };
            assertThat(acquire(cache, 1, nothing, new Cancellation())).isNull();
            assertThat(acquire(cache, 1, nothing, new Cancellation())).isNull();
            assertThat(loads.get()).isEqualTo(1);
            for (int i = 0; i < 1000; i++) {
                assertThat(acquire(cache, i, nothing, new Cancellation())).isNull();
            }
            assertThat(cache.statistics().chunks()).isLessThanOrEqualTo(2 * TAKEN / 256);
            assertThat(cache.statistics().bytes()).isLessThanOrEqualTo(2 * TAKEN);
        }
        assertThat(root.getAllocatedMemory()).isZero();
    }

    @Test
    void chunksOfAClosedArrayGoAndOneBeingDecodedGoesWhenItIsDone() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, 10 * TAKEN)) {
            get(cache, 1, new AtomicInteger()).close();
            Gate gate = new Gate();
            Future<ArrowBuf> decoding = ask(cache, 2, gate);
            gate.awaitEntered();
            cache.forgetAll(array);
            assertThat(cache.statistics().chunks()).isZero();
            assertThat(cache.statistics().bytes()).isZero();
            gate.open();
            try (ArrowBuf chunk = decoding.get()) {
                assertThat(chunk.getLong(0)).isEqualTo(42);
            }
            assertThat(root.getAllocatedMemory()).isZero();
        }
    }

    @Test
    void closingWaitsForWhatIsBeingDecodedAndRefusesWhatComesLater() throws Exception {
        ChunkCache cache = new ChunkCache(root, 10 * TAKEN);
        Gate gate = new Gate();
        Future<ArrowBuf> decoding = ask(cache, 1, gate);
        gate.awaitEntered();
        Future<?> closing = pool.submit(cache::close);
        Awaitility.await().untilAsserted(() -> assertThatThrownBy(
                        () -> get(cache, 2, new AtomicInteger()).close())
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE)));
        assertThat(closing.isDone()).isFalse();
        gate.open();
        closing.get(5, TimeUnit.SECONDS);
        decoding.get().close();
    }

    /** A loader that waits in the middle until it is let go. */
    private static final class Gate implements ChunkCache.Loader {
        final AtomicInteger loads = new AtomicInteger();
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        @Override
        public boolean load(ArrowBuf destination) {
            loads.incrementAndGet();
            pass();
            destination.setLong(0, 42);
            return true;
        }

        void pass() {
            entered.countDown();
            try {
                if (!opened.await(10, TimeUnit.SECONDS)) {
                    throw new AssertionError("the gate stayed closed");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void awaitEntered() throws InterruptedException {
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        }

        void open() {
            opened.countDown();
        }
    }

    private Future<ArrowBuf> ask(ChunkCache cache, long chunk, Gate gate) {
        return pool.submit(() -> acquire(cache, chunk, gate, new Cancellation()));
    }

    private ArrowBuf get(ChunkCache cache, long chunk, AtomicInteger loads) {
        return acquire(
                cache,
                chunk,
                destination -> {
                    loads.incrementAndGet();
                    destination.setLong(0, 42);
                    return true;
                },
                new Cancellation());
    }

    @SuppressWarnings("NullAway") // null only where the loader says that nothing is stored
    private ArrowBuf acquire(ChunkCache cache, long chunk, ChunkCache.Loader loader, Cancellation cancellation) {
        return cache.acquire(new ChunkCache.Key(array, chunk), SIZE, loader, caller, cancellation);
    }
}
