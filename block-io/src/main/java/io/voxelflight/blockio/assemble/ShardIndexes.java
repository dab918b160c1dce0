package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.decode.ShardIndex;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decoded shard indexes, bounded in bytes; those used last stay. Safe for many threads. */
final class ShardIndexes<K> {
    private final long limitBytes;
    private final Map<K, ShardIndex> indexes = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    ShardIndexes(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    synchronized @Nullable ShardIndex get(K key) {
        return indexes.get(key);
    }

    synchronized void put(K key, ShardIndex index) {
        ShardIndex before = indexes.put(key, index);
        bytes += index.weight() - (before == null ? 0 : before.weight());
        var eldest = indexes.values().iterator();
        while (bytes > limitBytes && eldest.hasNext()) {
            bytes -= eldest.next().weight();
            eldest.remove();
        }
    }
}
