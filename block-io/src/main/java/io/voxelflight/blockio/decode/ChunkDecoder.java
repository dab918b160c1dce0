package io.voxelflight.blockio.decode;

import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Undoes a codec chain: stored bytes in, voxels in C order of (t, c, z, y, x) and little-endian out, straight into the
 * destination unless the chain has steps that need a buffer between them. The destination's size is what the array's
 * metadata says a chunk holds; data that claims or yields another size is corrupt. Safe for many threads.
 */
public final class ChunkDecoder {
    private final ElementType type;
    /** Axes of the data as encoded, slowest first. */
    private final List<Axis> encodedAxes;

    private final boolean bigEndian;
    private final @Nullable ArrayCodec arrayCodec;
    /** In the order of encoding: undone from the last to the first. */
    private final List<ByteCodec> byteCodecs;

    private final @Nullable N5BlockHeader header;

    /** What decodes a chunk that turns out to be gzipped; null if none may be. */
    private final @Nullable ChunkDecoder gzipped;

    /**
     * @param chain as resolved by {@code format}; no shards
     * @param axes of the array, in stored order
     */
    public ChunkDecoder(List<CodecSpec> chain, ElementType type, List<Axis> axes) {
        this.type = type;
        List<Axis> encoded = new ArrayList<>(axes);
        List<ByteCodec> codecs = new ArrayList<>();
        ArrayCodec toBytes = null;
        boolean swapped = false;
        N5BlockHeader blockHeader = null;
        ChunkDecoder gzip = null;
        for (CodecSpec codec : chain) {
            if (codec instanceof CodecSpec.Transpose transpose) {
                List<Axis> before = List.copyOf(encoded);
                encoded.clear();
                transpose.order().forEach(dimension -> encoded.add(before.get(dimension)));
            } else if (codec instanceof CodecSpec.ArrayToBytes serializer) {
                swapped = serializer instanceof CodecSpec.Bytes bytes && bytes.bigEndian();
                toBytes = Codecs.of(serializer, type);
            } else if (codec instanceof CodecSpec.OptionalGzip) {
                List<CodecSpec> other = new ArrayList<>(chain.subList(0, chain.size() - 1));
                other.add(new CodecSpec.Gzip(0));
                gzip = new ChunkDecoder(other, type, axes);
            } else if (codec instanceof CodecSpec.N5Header) {
                blockHeader = new N5BlockHeader(axes);
            } else if (codec instanceof CodecSpec.BytesToBytes bytes) {
                codecs.add(Codecs.of(bytes));
            }
        }
        this.encodedAxes = List.copyOf(encoded);
        this.bigEndian = swapped && type.bytes() > 1;
        this.arrayCodec = toBytes;
        this.byteCodecs = List.copyOf(codecs);
        this.header = blockHeader;
        this.gzipped = gzip;
    }

    /** The most bytes that a chunk of {@code decodedBytes} may take when stored: more is refused before it is read. */
    public static long maxStoredBytes(long decodedBytes) {
        return decodedBytes + decodedBytes / 8 + (1 << 16);
    }

    /**
     * How many voxels a stored chunk holds: what its own header says, else {@code expected}.
     *
     * @throws ServiceException CORRUPT_DATA if it says more than {@code largest} along an axis
     */
    public Extent extent(ByteBuffer stored, Extent expected, Extent largest, String place) {
        return header == null ? expected : header.extent(stored, largest, place);
    }

    /** Whether a chunk of that size is stored byte for byte as it is decoded: it may be read to where it shall be. */
    public boolean isVerbatim(Extent extent) {
        return byteCodecs.isEmpty()
                && arrayCodec == null
                && header == null
                && gzipped == null
                && !bigEndian
                && !Permutation.moves(encodedAxes, extent);
    }

    /**
     * Decodes one chunk.
     *
     * @param stored direct buffer, from its position to its limit; its position is undefined afterwards
     * @param extent voxels that it holds: {@link #extent}
     * @param destination direct buffer; exactly its remaining bytes are filled
     * @param place names array and chunk, for messages
     * @throws ServiceException CORRUPT_DATA
     */
    public void decode(ByteBuffer stored, Extent extent, ByteBuffer destination, Scratch scratch, String place) {
        long bytes = extent.voxels() * type.bytes();
        if (destination.remaining() != bytes) {
            throw new IllegalArgumentException("a chunk of " + extent + " does not fit into " + destination);
        }
        if (gzipped != null && GzipHeader.isThere(stored)) {
            try {
                gzipped.decode(stored.duplicate(), extent, destination.duplicate(), scratch, place);
                return;
            } catch (ServiceException e) {
                boolean voxels = arrayCodec == null && byteCodecs.isEmpty() && stored.remaining() == bytes;
                if (e.code() != ErrorCode.CORRUPT_DATA || !voxels) {
                    throw e;
                }
                // voxels that begin as gzip does: its checksum would have had to fit too
            }
        }
        boolean permuted = Permutation.moves(encodedAxes, extent);
        if (!permuted) {
            decodeAsEncoded(stored, extent, destination, scratch, place);
            return;
        }
        try (Scratch.Lease encoded = scratch.lease(bytes)) {
            decodeAsEncoded(stored, extent, encoded.bytes(), scratch, place);
            Permutation.toCanonical(encoded.bytes(), encodedAxes, extent, destination, type.bytes());
        }
    }

    private void decodeAsEncoded(
            ByteBuffer stored, Extent extent, ByteBuffer destination, Scratch scratch, String place) {
        ByteBuffer data = header == null ? stored.slice() : header.body(stored);
        List<Scratch.Lease> leases = new ArrayList<>(0);
        boolean arrived = false;
        try {
            for (int i = byteCodecs.size() - 1; i >= 0; i--) {
                if (byteCodecs.get(i) instanceof ByteCodec.Frame frame) {
                    data = frame.body(data, place);
                } else if (byteCodecs.get(i) instanceof ByteCodec.Decompressor decompressor) {
                    long size = sizeBefore(i, destination.remaining());
                    arrived = i == 0 && arrayCodec == null;
                    ByteBuffer into = destination.slice();
                    if (!arrived) {
                        leases.add(scratch.lease(size >= 0 ? size : boundBefore(i, destination.remaining())));
                        into = leases.get(leases.size() - 1).bytes();
                    }
                    int count = decompressor.decode(data, into.duplicate(), scratch, place);
                    if (size >= 0 && count != size) {
                        throw wrongSize(place, count, size);
                    }
                    data = into.slice(0, count);
                }
            }
            if (arrayCodec != null) {
                arrayCodec.decode(data, destination.slice(), lengths(extent), scratch, place);
            } else if (!arrived) {
                if (data.remaining() != destination.remaining()) {
                    throw wrongSize(place, data.remaining(), destination.remaining());
                }
                destination.duplicate().put(data);
            }
        } finally {
            leases.forEach(Scratch.Lease::close);
        }
        if (bigEndian) {
            ByteSwap.swap(destination, type.bytes());
        }
    }

    /** What undoing step {@code i} must yield in bytes; -1 if it cannot be known before. */
    private long sizeBefore(int i, long decodedBytes) {
        long size = arrayCodec == null ? decodedBytes : -1;
        for (ByteCodec inner : byteCodecs.subList(0, i)) {
            if (inner instanceof ByteCodec.Frame frame && frame.frameBytes() >= 0 && size >= 0) {
                size += frame.frameBytes();
            } else if (!(inner instanceof ByteCodec.Decompressor step && step.keepsSize())) {
                size = -1;
            }
        }
        return size;
    }

    /** The most that undoing step {@code i} may yield in bytes. */
    private long boundBefore(int i, long decodedBytes) {
        long bound = arrayCodec == null ? decodedBytes : maxStoredBytes(decodedBytes);
        for (ByteCodec inner : byteCodecs.subList(0, i)) {
            if (!(inner instanceof ByteCodec.Decompressor step && step.keepsSize())) {
                bound = maxStoredBytes(bound);
            }
        }
        return bound;
    }

    private long[] lengths(Extent extent) {
        return encodedAxes.stream().mapToLong(extent::along).toArray();
    }

    private static ServiceException wrongSize(String place, long found, long expected) {
        return corrupt(place, "holds " + found + " decoded bytes, a chunk of this array holds " + expected, null);
    }

    static ServiceException corrupt(String place, String what, @Nullable Throwable cause) {
        return new ServiceException(ErrorCode.CORRUPT_DATA, place + " " + what, cause);
    }
}
