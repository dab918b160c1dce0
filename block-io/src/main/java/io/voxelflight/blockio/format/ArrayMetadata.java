package io.voxelflight.blockio.format;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import java.util.List;
import java.util.Optional;

/**
 * A stored array, resolved from its metadata.
 *
 * @param axes the array's own axes in stored order, a subset of (t, c, z, y, x) in that order
 * @param object what is stored under one key: a chunk, or a shard
 * @param codecs chain of one object
 * @param fillValue one voxel, little-endian
 */
public record ArrayMetadata(
        List<Axis> axes,
        Extent extent,
        ElementType elementType,
        Extent object,
        KeyEncoding keys,
        List<CodecSpec> codecs,
        byte[] fillValue) {

    /** How a chunk's key is made from its index: {@code c/0/1/2}, or without prefix as Zarr v2 does. */
    public record KeyEncoding(boolean prefixed, char separator) {}

    /** The sharding step, if objects are shards. */
    public Optional<CodecSpec.Sharding> sharding() {
        return codecs.size() == 1 && codecs.get(0) instanceof CodecSpec.Sharding sharding
                ? Optional.of(sharding)
                : Optional.empty();
    }

    /** What is decoded as one piece: the inner chunk of a shard, else the chunk. */
    public Extent chunk() {
        return sharding().map(CodecSpec.Sharding::chunk).orElse(object);
    }

    /** The codec chain of {@link #chunk()}. */
    public List<CodecSpec> chunkCodecs() {
        return sharding().map(CodecSpec.Sharding::codecs).orElse(codecs);
    }
}
