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
        if (spec instanceof CodecSpec.Zlib) {
            return new ZlibCodec();
        }
        if (spec instanceof CodecSpec.Bzip2) {
            return StreamCodec.bzip2();
        }
        if (spec instanceof CodecSpec.Xz xz) {
            return xz.alone() ? StreamCodec.lzma() : StreamCodec.xz();
        }
        if (spec instanceof CodecSpec.Lz4Sized) {
            return new Lz4SizedCodec();
        }
        if (spec instanceof CodecSpec.Lz4Blocks) {
            return new Lz4BlocksCodec();
        }
        if (spec instanceof CodecSpec.Blosc) {
            return new BloscCodec();
        }
        if (spec instanceof CodecSpec.Shuffle shuffle) {
            return new ShuffleCodec(shuffle.elementBytes());
        }
        if (spec instanceof CodecSpec.Delta delta) {
            return new DeltaCodec(delta.type(), delta.bigEndian());
        }
        if (spec instanceof CodecSpec.Crc32c) {
            return ChecksumFrame.crc32c();
        }
        if (spec instanceof CodecSpec.Crc32 crc32) {
            return ChecksumFrame.crc32(crc32.atEnd());
        }
        if (spec instanceof CodecSpec.Adler32 adler32) {
            return ChecksumFrame.adler32(adler32.atEnd());
        }
        if (spec instanceof CodecSpec.Fletcher32) {
            return ChecksumFrame.fletcher32();
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
