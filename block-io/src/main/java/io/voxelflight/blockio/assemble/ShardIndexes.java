package io.voxelflight.blockio.assemble;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Decoded shard indexes, bounded in bytes; those used last stay. One fetch serves all who ask meanwhile. */
final class ShardIndexes<K, V> {
    private static final long POLL_MILLIS = 20;

    private final long limitBytes;
    private final Map<K, V> indexes = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<K, CountDownLatch> running = new HashMap<>();
    private final ToLongFunction<V> weight;
    private long bytes;

    /** @param weight heap bytes that an index takes */
    ShardIndexes(long limitBytes, ToLongFunction<V> weight) {
        this.limitBytes = limitBytes;
        this.weight = weight;
    }

    /**
     * The index of {@code key}.
     *
     * @param fetch gives it if it is not there
     */
    V get(K key, Supplier<V> fetch, Cancellation cancellation) {
        CountDownLatch mine = new CountDownLatch(1);
        while (true) {
            CountDownLatch other;
            synchronized (this) {
                V known = indexes.get(key);
                if (known != null) {
                    return known;
                }
                other = running.putIfAbsent(key, mine);
            }
            if (other == null) {
                break;
            }
            await(other, cancellation); // then look again: it may have failed, which is its asker's affair
        }
        try {
            V fetched = fetch.get();
            put(key, fetched);
            return fetched;
        } finally {
            synchronized (this) {
                running.remove(key);
            }
            mine.countDown();
        }
    }

    private static void await(CountDownLatch other, Cancellation cancellation) {
        try {
            while (!other.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                cancellation.throwIfCancelled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(
                    ErrorCode.CANCELLED, "the thread that waited for a shard index was interrupted", e);
        }
    }

    private synchronized void put(K key, V index) {
        V before = indexes.put(key, index);
        bytes += weight.applyAsLong(index) - (before == null ? 0 : weight.applyAsLong(before));
        var eldest = indexes.values().iterator();
        while (bytes > limitBytes && eldest.hasNext()) {
            bytes -= weight.applyAsLong(eldest.next());
            eldest.remove();
        }
    }
}
