package io.voxelflight.ingestion.source.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.apache.arrow.memory.util.MemoryUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UnitCacheTest {
    private static final int UNIT_BYTES = 4096;

    private final ExecutorService threads = Executors.newFixedThreadPool(8);

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void oneThreadDecodesAndTheOthersWait() throws Exception {
        UnitCache cache = new UnitCache(UNIT_BYTES, 10 * UNIT_BYTES);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            readers.add(threads.submit(() -> {
                try (UnitCache.Lease lease = cache.acquire(5, slot -> {
                    loads.incrementAndGet();
                    started.countDown();
                    await(go);
                    slot.putLong(0, 77);
                })) {
                    return MemoryUtil.getLong(lease.address());
                }
            }));
        }
        await(started);
        go.countDown();
        for (Future<Long> reader : readers) {
            assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(77);
        }
        assertThat(loads).hasValue(1);
        assertThat(cache.decoded()).isEqualTo(1);
    }

    @Test
    void aFailureReachesAllWhoWaitAndIsNotKept() throws Exception {
        UnitCache cache = new UnitCache(UNIT_BYTES, UNIT_BYTES);
        for (int round = 0; round < 3; round++) { // more often than there are slots
            assertThatThrownBy(() -> cache.acquire(1, slot -> {
                        throw new ServiceException(ErrorCode.CORRUPT_DATA, "chunk 1 is damaged");
                    }))
                    .hasMessage("chunk 1 is damaged");
        }
        try (UnitCache.Lease lease = cache.acquire(1, slot -> slot.putLong(0, 3))) {
            assertThat(MemoryUtil.getLong(lease.address())).isEqualTo(3);
        }
    }

    @Test
    void withOneSlotManyThreadsTakeTurns() throws Exception {
        UnitCache cache = new UnitCache(UNIT_BYTES, 0);
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int seed = i;
            readers.add(threads.submit(() -> {
                for (int n = 0; n < 500; n++) {
                    long unit = (n * 7L + seed) % 5;
                    try (UnitCache.Lease lease = cache.acquire(unit, slot -> slot.putLong(8, unit + 100))) {
                        assertThat(MemoryUtil.getLong(lease.address() + 8)).isEqualTo(unit + 100);
                        if (n % 3 == 0) {
                            lease.spent();
                        }
                    }
                }
            }));
        }
        for (Future<?> reader : readers) {
            reader.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatWasUsedLongestAgoGoesFirst() {
        UnitCache cache = new UnitCache(UNIT_BYTES, 2 * (UNIT_BYTES + 512));
        for (long unit : new long[] {1, 2, 1, 3, 1}) { // 3 takes the slot of 2
            cache.acquire(unit, slot -> slot.putLong(0, unit)).close();
        }
        assertThat(cache.decoded()).isEqualTo(3);
        cache.acquire(2, slot -> slot.putLong(0, 2)).close();
        assertThat(cache.decoded()).isEqualTo(4);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
