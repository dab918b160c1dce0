package io.voxelflight.blockio.format;

import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import java.util.List;

/**
 * One step of a codec chain, as an array's metadata names it. A chain is resolved by {@code format} to: any {@link
 * Transpose}, then one {@link ArrayToBytes}, then any {@link BytesToBytes}, in the order of encoding.
 */
public sealed interface CodecSpec {
    /** Voxels to bytes. */
    sealed interface ArrayToBytes extends CodecSpec {}

    /** Bytes to bytes. */
    sealed interface BytesToBytes extends CodecSpec {}

    /** Bytes to fewer bytes, how many one cannot tell. */
    sealed interface Compressor extends BytesToBytes {}

    /** Bytes to as many bytes. */
    sealed interface Filter extends BytesToBytes {}

    /** A checksum of four bytes beside the data. */
    sealed interface Checksum extends BytesToBytes {}

    /**
     * Dimensions in another order: dimension {@code i} of what is encoded is dimension {@code order.get(i)} of the array
     * as it was before. Zarr v2's order F is the reversal.
     */
    record Transpose(List<Integer> order) implements CodecSpec {
        public Transpose {
            order = List.copyOf(order);
        }
    }

    /** Voxels one behind the other, in C order of the array as it is after all transpositions. */
    record Bytes(boolean bigEndian) implements ArrayToBytes {}

    /**
     * Many inner chunks in one object with an index of where each lies: Zarr v3 {@code sharding_indexed}.
     *
     * @param chunk inner chunk; itself a shard if its own chain says so
     * @param codecs chain of each inner chunk
     * @param indexCodecs chain of the index: of fixed size
     * @param indexAtEnd else the index is at the start
     */
    record Sharding(Extent chunk, List<CodecSpec> codecs, List<CodecSpec> indexCodecs, boolean indexAtEnd)
            implements ArrayToBytes {
        public Sharding {
            codecs = List.copyOf(codecs);
            indexCodecs = List.copyOf(indexCodecs);
        }
    }

    /** Neuroglancer's compressed segmentation of uint32 or uint64 labels, in blocks of that many voxels. */
    record CompressedSegmentation(int blockZ, int blockY, int blockX) implements ArrayToBytes {
        /** The longest side of such a block. */
        public static final int MAX_SIDE = 1024;
    }

    /** JPEG of one or three components, as Neuroglancer precomputed has it: any width and height of all voxels. */
    record Jpeg() implements ArrayToBytes {}

    /** Zstandard frames. */
    record Zstd(int level, boolean checksum) implements Compressor {}

    /** RFC 1952, of one or more members. */
    record Gzip(int level) implements Compressor {}

    /**
     * RFC 1952, or the bytes as they are: which of them, their first bytes say. Always the last step. Objects of precomputed
     * volumes are gzipped where their store says so (Content-Encoding, the name's end), which not every store does.
     */
    record OptionalGzip() implements Compressor {}

    /** RFC 1950. */
    record Zlib(int level) implements Compressor {}

    /** bzip2, of one or more streams. */
    record Bzip2(int level) implements Compressor {}

    /** The container of .xz, or with {@code alone} that of .lzma; numcodecs' {@code lzma} and N5's {@code xz}. */
    record Xz(boolean alone) implements Compressor {}

    /** numcodecs' {@code lz4}: the decoded size in four bytes (little-endian), then one LZ4 block. */
    record Lz4Sized() implements Compressor {}

    /** N5's {@code lz4}: the blocks of lz4-java's LZ4BlockOutputStream. */
    record Lz4Blocks() implements Compressor {}

    /** The container of C-Blosc 1: its own header says compressor, shuffle and sizes. */
    record Blosc(String compressor, int level, int shuffle, int elementBytes) implements Compressor {}

    /** numcodecs' {@code shuffle}: all first bytes of elements, then all second bytes ... */
    record Shuffle(int elementBytes) implements Filter {}

    /** numcodecs' {@code delta}: the first element, then differences that wrap. */
    record Delta(ElementType type, boolean bigEndian) implements Filter {}

    /** Four bytes CRC-32C (little-endian) behind the data. */
    record Crc32c() implements Checksum {}

    /** numcodecs' {@code crc32}: four bytes (little-endian) before the data. */
    record Crc32(boolean atEnd) implements Checksum {}

    /** numcodecs' {@code adler32}: four bytes (little-endian) before the data. */
    record Adler32(boolean atEnd) implements Checksum {}

    /** numcodecs' {@code fletcher32}: HDF5's checksum in four bytes (little-endian) behind the data. */
    record Fletcher32() implements Checksum {}

    /** The header of an N5 block, always the last step: it tells how many voxels the block has along each dimension. */
    record N5Header() implements BytesToBytes {}
}
