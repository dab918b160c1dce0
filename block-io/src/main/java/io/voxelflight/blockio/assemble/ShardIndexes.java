package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.decode.ShardIndex;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Decoded shard indexes, bounded in bytes; those used last stay. One fetch serves all who ask meanwhile. */
final class ShardIndexes<K> {
    private static final long POLL_MILLIS = 20;

    private final long limitBytes;
    private final Map<K, ShardIndex> indexes = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<K, CountDownLatch> running = new HashMap<>();
    private long bytes;

    ShardIndexes(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * The index of {@code key}.
     *
     * @param fetch gives it if it is not there
     */
    ShardIndex get(K key, Supplier<ShardIndex> fetch, Cancellation cancellation) {
        CountDownLatch mine = new CountDownLatch(1);
        while (true) {
            CountDownLatch other;
            synchronized (this) {
                ShardIndex known = indexes.get(key);
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
            ShardIndex fetched = fetch.get();
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

    private synchronized void put(K key, ShardIndex index) {
        ShardIndex before = indexes.put(key, index);
        bytes += index.weight() - (before == null ? 0 : before.weight());
        var eldest = indexes.values().iterator();
        while (bytes > limitBytes && eldest.hasNext()) {
            bytes -= eldest.next().weight();
            eldest.remove();
        }
    }
}
