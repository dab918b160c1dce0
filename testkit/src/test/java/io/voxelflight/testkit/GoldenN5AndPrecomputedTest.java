package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.blockio.format.StoredVolume;
import io.voxelflight.blockio.format.VolumeMetadata;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays that z5py, cloud-volume's layout and others wrote, against what NumPy found in them. */
class GoldenN5AndPrecomputedTest {
    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n5/fib25_codecs.n5/u8/raw",
                "n5/fib25_codecs.n5/u8/gzip",
                "n5/fib25_codecs.n5/u8/zstd",
                "n5/fib25_codecs.n5/u64_labels/gzip",
                "n5/z5py_astronaut.n5/raw",
                "n5/z5py_astronaut.n5/gzip"
            })
    void n5(String key) {
        check(SharedData.require(key), SharedData.expected(key));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "precomputed/fib25_raw|precomputed/fib25_raw (array zyx)",
                "precomputed/fib25_labels_raw_gz|precomputed/fib25_labels_raw_gz (array zyx, files .gz)"
            })
    void precomputed(String path, String key) {
        check(SharedData.require(path), SharedData.expected(key));
    }

    @Test
    void whatMetadataSaysIsKept() {
        try (ChunkCache cache = new ChunkCache(memory.allocator(), 1 << 20)) {
            StoredVolumeOpener opener = new StoredVolumeOpener(memory.allocator(), cache, ReadLimits.DEFAULT);
            VolumeMetadata labels = ((StoredVolume.One) opener.inspect(
                            SharedData.require("precomputed/fib25_labels_raw_gz")
                                    .toUri(),
                            null))
                    .metadata();
            assertThat(labels.kind()).isEqualTo(VolumeKind.LABELS);
            assertThat(labels.levels().get(0).voxelSize()).isEqualTo(new VoxelSize(10, 10, 10));
            VolumeMetadata image = ((StoredVolume.One) opener.inspect(
                            SharedData.require("precomputed/fib25_raw").toUri(), null))
                    .metadata();
            assertThat(image.levels().get(0).translation()).isEqualTo(new VolumeMetadata.Translation(3005, 2005, 1005));
            VolumeMetadata n5 = ((StoredVolume.One) opener.inspect(
                            SharedData.require("n5/fib25_codecs.n5/u8/raw").toUri(), null))
                    .metadata();
            assertThat(n5.levels().get(0).voxelSize()).isEqualTo(new VoxelSize(10, 10, 10));
            StoredVolume container =
                    opener.inspect(SharedData.require("n5/fib25_codecs.n5").toUri(), null);
            assertThat(((StoredVolume.Many) container).paths())
                    .contains("u8/raw", "u16/lz4", "u64_labels/gzip")
                    .hasSize(11);
        }
    }

    private void check(Path folder, SharedData.ExpectedArray expected) {
        try (ChunkCache cache = new ChunkCache(memory.allocator(), 64 << 20);
                VolumeReader volume =
                        new StoredVolumeOpener(memory.allocator(), cache, ReadLimits.DEFAULT).open(folder.toUri())) {
            ArrayReader array = volume.levels().get(0);
            assertThat(array.elementType().numpyName()).isEqualTo(expected.dtype());
            Box box = Box.of(array.extent());
            assertThat(box.extent().voxels())
                    .isEqualTo(expected.shape().stream().reduce(1L, (a, b) -> a * b));
            long bytes = box.extent().voxels() * array.elementType().bytes();
            try (ArrowBuf voxels = memory.allocator().buffer(bytes)) {
                array.readBox(box, voxels, new Cancellation());
                assertThat(sha256(voxels.nioBuffer(0, (int) bytes))).isEqualTo(expected.sha256());
            }
        }
    }

    private static String sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
