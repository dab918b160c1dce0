package io.voxelflight.ingestion.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NumPy files, byte by byte as numpy.lib.format says. */
class NpyTest {
    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1, '<i2', int16, false", "2, '>i2', int16, false", "3, '<i2', int16, true",
        "1, '>i2', int16, true", "1, '>u4', uint32, false", "1, '<f8', float64, true",
        "1, '|b1', uint8, true", "1, '|i1', int8, false", "1, '>f4', float32, true",
    })
    void everyOrderOfBytesAndAxes(int version, String descr, String type, boolean fortran) throws IOException {
        int z = 5;
        int y = 7;
        int x = 67;
        int bytes = Integer.parseInt(descr.substring(2));
        ByteBuffer expected = ByteBuffer.allocate(z * y * x * bytes);
        ByteBuffer stored = ByteBuffer.allocate(expected.capacity());
        for (int k = 0; k < z; k++) {
            for (int j = 0; j < y; j++) {
                for (int i = 0; i < x; i++) {
                    byte[] voxel = voxel(k * 10_000 + j * 100 + i, bytes);
                    expected.put((k * y * x + j * x + i) * bytes, voxel);
                    int at = fortran ? k + z * (j + y * i) : (k * y + j) * x + i;
                    stored.put(at * bytes, descr.startsWith(">") ? reversed(voxel) : voxel);
                }
            }
        }
        Path path = write(version, descr, fortran, "(5, 7, 67)", stored.array());
        try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
            assertThat(source.description().elementType().numpyName()).isEqualTo(type);
            assertThat(source.description().axes()).containsExactly(Axis.Z, Axis.Y, Axis.X);
            byte[] all = Reading.all(source, memory.allocator());
            assertThat(all).isEqualTo(expected.array());
            Reading.assertBoxesMatch(source, all, memory.allocator(), 20);
        }
    }

    @Test
    void axesCanBeNamed() throws IOException {
        byte[] stored = new byte[2 * 3 * 4 * 5];
        for (int i = 0; i < stored.length; i++) {
            stored[i] = (byte) i;
        }
        Path path = write(1, "|u1", false, "(2, 3, 4, 5)", stored);
        try (VolumeSource source = Sources.open(path, Reading.axes(folder, "XYZC"))) {
            assertThat(source.description().extent()).hasToString("1x5x4x3x2");
            byte[] all = Reading.all(source, memory.allocator());
            // voxel (c=1, z=2, y=0, x=1) is element [1, 0, 2, 1]
            assertThat(all[((1 * 4 + 2) * 3 + 0) * 2 + 1]).isEqualTo((byte) (60 + 0 + 10 + 1));
            Reading.assertBoxesMatch(source, all, memory.allocator(), 20);
        }
        assertThatThrownBy(() -> Sources.open(path, Reading.axes(folder, "ZYX")))
                .hasMessageContainingAll("'zyx'", "name 3 axes", "2x3x4x5");
        assertThatThrownBy(() -> Sources.open(path, Reading.axes(folder, "ZYXX")))
                .hasMessageContaining("--axes");
    }

    @Test
    void aTruncatedFileIsRefusedWhenOpened() throws IOException {
        Path path = write(1, "<u2", false, "(4, 5, 6)", new byte[4 * 5 * 6 * 2]);
        byte[] whole = Files.readAllBytes(path);
        for (int length = 6; length < whole.length; length += 7) {
            Files.write(path, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Sources.open(path, Reading.options(folder)))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA))
                    .hasMessageContainingAll(path.toString(), String.valueOf(length));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "<u2; (4, 5); 2 dimensions (4x5)",
                "<u2; (1, 1, 1, 4, 5, 6); 6 dimensions",
                "<u2; (4, 0, 5); is empty",
                "<c8; (4, 5, 6); '<c8'",
                "<U3; (4, 5, 6); '<U3'",
                "<u2; (4000000000, 4000000000, 4000000000); no file can",
                "<u2; (99999999999999999999, 5, 6); cannot be",
            })
    void whatIsNoVolumeIsRefused(String descr, String shape, String said) throws IOException {
        Path path = write(1, descr, false, shape, new byte[240]);
        assertThatThrownBy(() -> Sources.open(path, Reading.options(folder)))
                .isInstanceOf(ServiceException.class)
                .hasMessageContainingAll(path.toString(), said);
    }

    private Path write(int version, String descr, boolean fortran, String shape, byte[] voxels) throws IOException {
        String dict = "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': "
                + shape + ", }\n";
        byte[] text = dict.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(12 + text.length + voxels.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        file.put(text).put(voxels);
        Path path = folder.resolve("volume.npy");
        return Files.write(path, Arrays.copyOf(file.array(), file.position()));
    }

    private static byte[] voxel(int value, int bytes) {
        byte[] voxel = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            voxel[i] = (byte) ((value >>> (8 * (i % 4))) ^ i);
        }
        return voxel;
    }

    private static byte[] reversed(byte[] voxel) {
        byte[] turned = new byte[voxel.length];
        for (int i = 0; i < voxel.length; i++) {
            turned[i] = voxel[voxel.length - 1 - i];
        }
        return turned;
    }
}
