package io.voxelflight.blockio.format;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import java.util.List;
import java.util.Optional;

/**
 * A stored array, resolved from its metadata, whatever the format.
 *
 * @param axes the array's own axes in stored order, slowest first: some of (t, c, z, y, x) in any order
 * @param object what is stored under one key: a chunk, or a shard
 * @param edge what is stored of a chunk that reaches over the array's end
 * @param codecs chain of one object
 * @param fillValue one voxel, little-endian
 */
public record ArrayMetadata(
        List<Axis> axes,
        Extent extent,
        ElementType elementType,
        Extent object,
        Edge edge,
        KeyEncoding keys,
        List<CodecSpec> codecs,
        byte[] fillValue) {

    /** What is stored of a chunk that reaches over the array's end. */
    public enum Edge {
        /** A whole chunk. What lies beyond the end is nobody's data. */
        WHOLE,
        /** What lies inside the array. */
        CLIPPED
    }

    public ArrayMetadata {
        axes = List.copyOf(axes);
        codecs = List.copyOf(codecs);
    }

    /** The sharding step, if objects are shards. */
    public Optional<CodecSpec.Sharding> sharding() {
        return sharding(codecs);
    }

    /** The sharding step of a chain, if there is one. */
    public static Optional<CodecSpec.Sharding> sharding(List<CodecSpec> codecs) {
        return codecs.size() == 1 && codecs.get(0) instanceof CodecSpec.Sharding sharding
                ? Optional.of(sharding)
                : Optional.empty();
    }

    /** What is decoded as one piece: the innermost chunk of a shard, else the chunk. */
    public Extent chunk() {
        Extent chunk = object;
        for (Optional<CodecSpec.Sharding> at = sharding();
                at.isPresent();
                at = sharding(at.get().codecs())) {
            chunk = at.get().chunk();
        }
        return chunk;
    }

    /** The codec chain of {@link #chunk()}. */
    public List<CodecSpec> chunkCodecs() {
        List<CodecSpec> chain = codecs;
        for (Optional<CodecSpec.Sharding> at = sharding(); at.isPresent(); at = sharding(chain)) {
            chain = at.get().codecs();
        }
        return chain;
    }
}
