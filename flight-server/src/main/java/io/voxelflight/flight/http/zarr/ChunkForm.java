package io.voxelflight.flight.http.zarr;

import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.blockio.format.ZarrFormat;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the chunks of a level come to be in one format.
 *
 * @param stored whether they are passed on as they are stored; else they are read and encoded
 * @param compressor of the chain that a client undoes; null: none
 * @param checksum whether a CRC-32C follows the compressed bytes as they are sent
 * @param cut whether one follows them as they are stored, which the format has no name for: it is checked and cut off
 */
record ChunkForm(boolean stored, CodecSpec.@Nullable Compressor compressor, boolean checksum, boolean cut) {
    /** Real image data hardly gets smaller with higher levels, which take several times as long. */
    static final int ZSTD_LEVEL = 1;

    private static final ChunkForm ENCODED = new ChunkForm(false, new CodecSpec.Zstd(ZSTD_LEVEL, false), false, false);

    private static final Set<String> BLOSC = Set.of("blosclz", "lz4", "lz4hc", "zlib", "zstd");
    private static final int BLOSC_SHUFFLES = 2;

    /**
     * Chooses the form.
     *
     * @param axes of the view, in its order
     * @param chunk of the view
     */
    static ChunkForm of(ArrayMetadata array, List<Axis> axes, Extent chunk, ZarrFormat format) {
        boolean sameChunks = array.edge() == ArrayMetadata.Edge.WHOLE
                && array.chunk().equals(chunk)
                && array.axes().equals(axes);
        return sameChunks ? passedOn(array, format).orElse(ENCODED) : ENCODED;
    }

    private static Optional<ChunkForm> passedOn(ArrayMetadata array, ZarrFormat format) {
        CodecSpec.Compressor compressor = null;
        boolean crc = false;
        boolean bytes = false;
        for (CodecSpec codec : array.chunkCodecs()) {
            if (codec instanceof CodecSpec.Bytes order
                    && !bytes
                    && (!order.bigEndian() || array.elementType().bytes() == 1)) {
                bytes = true;
            } else if (codec instanceof CodecSpec.Compressor step
                    && compressor == null
                    && !crc
                    && hasName(step, format)) {
                compressor = step;
            } else if (codec instanceof CodecSpec.Crc32c && !crc) {
                crc = true;
            } else {
                return Optional.empty();
            }
        }
        boolean named = format == ZarrFormat.V3;
        return bytes ? Optional.of(new ChunkForm(true, compressor, crc && named, crc && !named)) : Optional.empty();
    }

    /** Whether readers of a format know the compressor. */
    private static boolean hasName(CodecSpec.Compressor compressor, ZarrFormat format) {
        if (compressor instanceof CodecSpec.Blosc blosc) {
            return BLOSC.contains(blosc.compressor()) && blosc.shuffle() >= 0 && blosc.shuffle() <= BLOSC_SHUFFLES;
        }
        return compressor instanceof CodecSpec.Zstd
                || compressor instanceof CodecSpec.Gzip
                || (compressor instanceof CodecSpec.Zlib && format == ZarrFormat.V2);
    }
}
