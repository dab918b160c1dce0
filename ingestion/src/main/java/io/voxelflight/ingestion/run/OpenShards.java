package io.voxelflight.ingestion.run;

import io.voxelflight.blockio.encode.ShardWriter;
import io.voxelflight.blockio.encode.VolumeWriter;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Extent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The shards that have some of their chunks. A shard opens with its first stored chunk and goes to the committer with
 * its last. For many threads.
 */
final class OpenShards implements AutoCloseable {
    private record Key(int level, BlockIndex shard) {}

    private final class Shard {
        final Key key;
        final AtomicInteger chunksLeft;
        private @Nullable ShardWriter writer;

        Shard(Key key, int chunks) {
            this.key = key;
            this.chunksLeft = new AtomicInteger(chunks);
        }

        synchronized ShardWriter writer() {
            if (writer == null) {
                writer = volume.openShard(key.level(), key.shard());
            }
            return writer;
        }

        synchronized @Nullable ShardWriter takeWriter() {
            ShardWriter taken = writer;
            writer = null;
            return taken;
        }
    }

    private final VolumeWriter volume;
    private final List<BlockGrid> chunks;
    private final List<BlockShape> shardChunks;
    private final ShardCommitter committer;
    private final Map<Key, Shard> shards = new ConcurrentHashMap<>();

    /**
     * @param chunks grid of chunks of each level
     * @param shards shape of the shards of each level, in voxels
     */
    OpenShards(VolumeWriter volume, List<BlockGrid> chunks, List<BlockShape> shards, ShardCommitter committer) {
        this.volume = volume;
        this.chunks = chunks;
        this.shardChunks = shards;
        this.committer = committer;
    }

    /** Takes a chunk, empty if it is all fill value. Each chunk comes once. */
    void add(int level, BlockIndex chunk, Optional<ByteBuffer> encoded) {
        BlockShape side = chunks.get(level).block();
        BlockShape shape = shardChunks.get(level);
        int perZ = shape.z() / side.z();
        int perY = shape.y() / side.y();
        int perX = shape.x() / side.x();
        Key key = new Key(
                level, new BlockIndex(chunk.t(), chunk.c(), chunk.z() / perZ, chunk.y() / perY, chunk.x() / perX));
        Shard shard = shards.computeIfAbsent(key, k -> {
            Extent counts = chunks.get(level).counts();
            BlockIndex at = k.shard();
            return new Shard(
                    k,
                    share(at.z(), perZ, counts.z())
                            * share(at.y(), perY, counts.y())
                            * share(at.x(), perX, counts.x()));
        });
        if (encoded.isPresent()) {
            shard.writer().append(chunk, encoded.get());
        }
        if (shard.chunksLeft.decrementAndGet() == 0) {
            shards.remove(key);
            ShardWriter writer = shard.takeWriter();
            if (writer != null) {
                committer.commit(writer);
            }
        }
    }

    private static int share(long shard, int per, long chunks) {
        return (int) Math.min(per, chunks - shard * per);
    }

    boolean isEmpty() {
        return shards.isEmpty();
    }

    /** Drops the shards that are not whole. */
    @Override
    public void close() {
        for (Shard shard : shards.values()) {
            ShardWriter writer = shard.takeWriter();
            if (writer != null) {
                writer.close();
            }
        }
        shards.clear();
    }
}
