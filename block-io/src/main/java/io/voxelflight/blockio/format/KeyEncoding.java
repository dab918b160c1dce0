package io.voxelflight.blockio.format;

import io.voxelflight.model.Axis;
import java.util.List;

/** How the key of a stored object is made from the object's place in its grid. */
public sealed interface KeyEncoding {
    /**
     * Grid indices one behind the other: {@code c/0/1/2} of Zarr v3, {@code 0.1.2} of Zarr v2, {@code 2/1/0} of N5.
     *
     * @param prefix {@code c} or nothing
     * @param axes which index comes when
     */
    record Indices(String prefix, char separator, List<Axis> axes) implements KeyEncoding {
        public Indices {
            axes = List.copyOf(axes);
        }
    }

    /**
     * The voxels that a chunk spans, x first: {@code 0-64_0-64_0-64} of Neuroglancer precomputed.
     *
     * @param offsetX of the volume's first voxel
     */
    record VoxelRanges(long offsetZ, long offsetY, long offsetX) implements KeyEncoding {}

    /**
     * Neuroglancer's sharded precomputed volumes: the chunk's number in compressed Morton code, hashed to a shard file and a
     * minishard in it.
     *
     * @param hash {@code identity} or {@code murmurhash3_x86_128}
     * @param gzipIndex whether minishard indexes are gzipped; {@code gzipData} likewise for chunks
     */
    record MortonShards(
            int preshiftBits, String hash, int minishardBits, int shardBits, boolean gzipIndex, boolean gzipData)
            implements KeyEncoding {}
}
