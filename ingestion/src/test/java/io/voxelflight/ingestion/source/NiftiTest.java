package io.voxelflight.ingestion.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NIfTI files, byte by byte as nifti1.h says. */
class NiftiTest {
    private static final int OFFSET = 352;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    private Path scratch = Path.of("");

    @BeforeEach
    void makeScratch() throws IOException {
        scratch = Files.createDirectory(folder.resolve("scratch"));
    }

    @ParameterizedTest
    @CsvSource({"little, false", "big, false", "little, true", "big, true"})
    void storedValuesAreKeptWithoutScaling(String order, boolean zipped) throws IOException {
        ByteOrder bytes = order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        byte[] stored = header(bytes, 4, 2, 0, 0, 9, 7, 5, 3);
        ByteBuffer file = ByteBuffer.wrap(stored).order(bytes);
        ByteBuffer expected = ByteBuffer.allocate(9 * 7 * 5 * 3 * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 9 * 7 * 5 * 3; i++) {
            file.putShort(OFFSET + 2 * i, (short) (i * 31 - 7));
            expected.putShort((short) (i * 31 - 7));
        }
        Path path = write(stored, zipped);
        try (VolumeSource source = Sources.open(path, Reading.options(scratch))) {
            assertThat(source.description().extent()).isEqualTo(new Extent(3, 1, 5, 7, 9));
            assertThat(source.description().elementType().numpyName()).isEqualTo("int16");
            assertThat(source.description().voxelSize()).isEqualTo(new VoxelSize(4_000_000, 2_000_000, 500_000));
            assertThat(source.description().sourceBytes()).isEqualTo(Files.size(path));
            byte[] all = Reading.all(source, memory.allocator());
            assertThat(all).isEqualTo(expected.array());
            Reading.assertBoxesMatch(source, all, memory.allocator(), 20);
        }
        assertThat(scratch).as("the decompressed copy is gone").isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"512, 2, float32", "768, 4, float64", "2, 1, float32"})
    void scaledValuesAreFloats(int type, int bytes, String name) throws IOException {
        byte[] stored = header(ByteOrder.BIG_ENDIAN, type, bytes, 0.5f, -3, 6, 5, 4);
        ByteBuffer file = ByteBuffer.wrap(stored);
        for (int i = 0; i < 120; i++) {
            switch (bytes) {
                case 1 -> file.put(OFFSET + i, (byte) (i * 2));
                case 2 -> file.putShort(OFFSET + 2 * i, (short) (65_000 + i));
                default -> file.putInt(OFFSET + 4 * i, -1 - i);
            }
        }
        try (VolumeSource source = Sources.open(write(stored, false), Reading.options(scratch))) {
            SourceDescription description = source.description();
            assertThat(description.elementType().numpyName()).isEqualTo(name);
            assertThat(description.metadata().path("scl_slope").asDouble()).isEqualTo(0.5);
            byte[] all = Reading.all(source, memory.allocator());
            ByteBuffer read = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 120; i++) {
                double number = bytes == 1 ? (i * 2) & 0xff : bytes == 2 ? 65_000 + i : (1L << 32) - 1 - i;
                double value = bytes == 4 ? read.getDouble(8 * i) : read.getFloat(4 * i);
                assertThat(value).isEqualTo(number * 0.5 - 3);
            }
            Reading.assertBoxesMatch(source, all, memory.allocator(), 20);
        }
    }

    @Test
    void aTruncatedFileIsRefusedWhenOpened() throws IOException {
        byte[] whole = header(ByteOrder.LITTLE_ENDIAN, 4, 2, 0, 0, 20, 20, 20);
        for (int i = OFFSET; i < whole.length; i++) {
            whole[i] = (byte) ((i * i) >> 3);
        }
        byte[] zipped = gzip(whole);
        for (int percent = 30; percent < 100; percent += 5) {
            for (boolean gz : new boolean[] {false, true}) {
                byte[] bytes = gz ? zipped : whole;
                Path path = folder.resolve(gz ? "volume.nii.gz" : "volume.nii");
                Files.write(path, Arrays.copyOf(bytes, bytes.length * percent / 100));
                assertRefused(path, ErrorCode.CORRUPT_DATA, String.valueOf(whole.length));
            }
        }
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void aZipBombIsNotUnpacked() throws IOException {
        byte[] small = header(ByteOrder.LITTLE_ENDIAN, 4, 2, 0, 0, 4, 4, 4);
        Path path = folder.resolve("volume.nii.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
            out.write(small);
            for (int i = 0; i < 40; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        assertRefused(path, ErrorCode.CORRUPT_DATA, "more than the " + small.length + " bytes");
        byte[] larger = small.clone();
        ByteBuffer huge = ByteBuffer.wrap(larger).order(ByteOrder.LITTLE_ENDIAN);
        huge.putShort(42, (short) 30_000).putShort(44, (short) 30_000).putShort(46, (short) 30_000);
        Files.write(path, gzip(larger));
        assertRefused(path, ErrorCode.CORRUPT_DATA, "cannot hold");
        assertThat(scratch).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"128, 3, RGB", "32, 8, complex", "1536, 16, 128 bits"})
    void unsupportedTypesAreNamed(int type, int bytes, String said) throws IOException {
        Path path = write(header(ByteOrder.LITTLE_ENDIAN, type, bytes, 0, 0, 4, 4, 4), false);
        assertRefused(path, ErrorCode.UNSUPPORTED, said);
    }

    @Test
    void aPairAndAPictureAreRefused() throws IOException {
        byte[] pair = header(ByteOrder.LITTLE_ENDIAN, 4, 2, 0, 0, 4, 4, 4);
        pair[345] = 'i';
        assertRefused(write(pair, false), ErrorCode.UNSUPPORTED, ".hdr/.img");
        assertRefused(
                write(header(ByteOrder.LITTLE_ENDIAN, 4, 2, 0, 0, 4, 4), false), ErrorCode.UNSUPPORTED, "2 dimensions");
    }

    private void assertRefused(Path path, ErrorCode code, String said) {
        assertThatThrownBy(() -> Sources.open(path, Reading.options(scratch)).close())
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(path.toString(), said)
                .hasMessageNotContaining("\n");
    }

    private Path write(byte[] bytes, boolean zipped) throws IOException {
        try (Stream<Path> left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
        return zipped
                ? Files.write(folder.resolve("volume.nii.gz"), gzip(bytes))
                : Files.write(folder.resolve("volume.nii"), bytes);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] header(ByteOrder order, int type, int bytes, float slope, float intercept, int... lengths) {
        int voxels = 1;
        for (int length : lengths) {
            voxels *= length;
        }
        byte[] all = new byte[OFFSET + voxels * bytes];
        ByteBuffer file = ByteBuffer.wrap(all).order(order);
        file.putInt(0, 348).putShort(40, (short) lengths.length);
        for (int i = 0; i < lengths.length; i++) {
            file.putShort(42 + 2 * i, (short) lengths[i]);
        }
        file.putShort(70, (short) type).putShort(72, (short) (8 * bytes));
        file.putFloat(80, 0.5f).putFloat(84, -2).putFloat(88, 4).putFloat(108, OFFSET);
        file.putFloat(112, slope).putFloat(116, intercept).put(123, (byte) 2);
        file.put(344, (byte) 'n').put(345, (byte) '+').put(346, (byte) '1');
        return all;
    }
}
