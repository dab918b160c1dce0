package io.voxelflight.blockio.decode;

import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.model.ElementType;
import org.jspecify.annotations.Nullable;

/** What undoes each step. */
final class Codecs {
    private Codecs() {}

    static ByteCodec of(CodecSpec.BytesToBytes spec) {
        if (spec instanceof CodecSpec.Zstd) {
            return new ZstdCodec();
        }
        if (spec instanceof CodecSpec.Gzip) {
            return new GzipCodec();
        }
        if (spec instanceof CodecSpec.Crc32c) {
            return new Crc32cFrame();
        }
        throw new IllegalArgumentException("nothing undoes " + spec);
    }

    /** Null for voxels one behind the other. */
    static @Nullable ArrayCodec of(CodecSpec.ArrayToBytes spec, ElementType type) {
        if (spec instanceof CodecSpec.Bytes) {
            return null;
        }
        if (spec instanceof CodecSpec.CompressedSegmentation segmentation) {
            return new CompressedSegmentationCodec(segmentation, type.bytes());
        }
        if (spec instanceof CodecSpec.Jpeg) {
            return new JpegCodec();
        }
        throw new IllegalArgumentException("nothing undoes " + spec + " for " + type.numpyName());
    }
}
