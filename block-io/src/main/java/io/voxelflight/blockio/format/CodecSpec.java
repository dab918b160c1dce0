package io.voxelflight.blockio.format;

import io.voxelflight.model.Extent;
import java.util.List;

/** One step of a codec chain, as an array's metadata names it. */
public sealed interface CodecSpec {
    /** Voxels to bytes. */
    record Bytes(boolean bigEndian) implements CodecSpec {}

    /** Bytes to fewer bytes. */
    sealed interface Compressor extends CodecSpec {}

    /** Zstandard frames. */
    record Zstd(int level, boolean checksum) implements Compressor {}

    /** RFC 1952. */
    record Gzip(int level) implements Compressor {}

    /** Four bytes CRC-32C (little-endian) behind the data. */
    record Crc32c() implements CodecSpec {}

    /**
     * Many inner chunks in one object with an index of where each lies: Zarr v3 {@code sharding_indexed}.
     *
     * @param chunk inner chunk
     * @param codecs chain of each inner chunk
     * @param indexCodecs chain of the index: of fixed size
     * @param indexAtEnd else the index is at the start
     */
    record Sharding(Extent chunk, List<CodecSpec> codecs, List<CodecSpec> indexCodecs, boolean indexAtEnd)
            implements CodecSpec {}
}
