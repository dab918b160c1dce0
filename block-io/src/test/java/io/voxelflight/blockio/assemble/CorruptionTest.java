package io.voxelflight.blockio.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged volumes give an error that names the object: no wrong voxel, no crash, no large allocation, no leak. */
@Timeout(60)
class CorruptionTest {
    private static final BlockShape CHUNK = new BlockShape(8, 8, 8);
    private static final long MEMORY = 1 << 20;

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator(MEMORY);
    private final Reference whole = new Reference(Extent.zyx(16, 16, 16), ElementType.UINT16, 3);
    private Path shard = Path.of("");

    @BeforeEach
    void write() {
        java.util.Arrays.fill(whole.voxels, (byte) 0);
        for (int i = 0; i < whole.voxels.length; i++) {
            whole.voxels[i] = (byte) (i * 7 % 31);
        }
        whole.write(
                folder,
                List.of(Axis.Z, Axis.Y, Axis.X),
                StorageLayout.sharded(CHUNK, new BlockShape(16, 16, 16), 1),
                allocator);
        shard = folder.resolve("0/c/0/0/0");
    }

    @AfterEach
    void nothingIsLeft() {
        allocator.close();
    }

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        byte[] sound = Files.readAllBytes(shard);
        byte[] expected = whole.cut(Box.of(whole.extent));
        assertThat(read()).isEqualTo(expected);
        for (int bit = 0; bit < sound.length * 8; bit += 5) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(shard, damaged);
            assertCorrupt("bit " + bit, shard.toString());
        }
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        byte[] sound = Files.readAllBytes(shard);
        for (int length = 0; length < sound.length; length += 11) {
            Files.write(shard, java.util.Arrays.copyOf(sound, length));
            assertCorrupt(length + " bytes", shard.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 10",
        "0, 9223372036854775807",
        "-1, 10",
        "0, -1",
        "-9223372036854775808, -9223372036854775808",
        "100000, 1",
        "0, 0"
    })
    void anIndexWithARightChecksumThatPointsAnywhereIsNoticed(long offset, long length) throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        int start = bytes.length - 8 * 16 - 4;
        ByteBuffer index = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        index.putLong(start, offset);
        index.putLong(start + 8, length);
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, 8 * 16);
        index.putInt(start + 8 * 16, (int) crc.getValue());
        Files.write(shard, bytes);

        assertCorrupt("entry " + offset + ", " + length, shard.toString());
    }

    @Test
    void aChunkThatUnpacksToMoreThanAChunkIsNoticedBeforeItTakesMemory() throws IOException {
        // one chunk is stored raw as zstd of far more zeros than a chunk holds
        byte[] bomb = com.github.luben.zstd.Zstd.compress(new byte[64 << 20], 1);
        Path array = folder.resolve("bomb");
        Files.createDirectories(array.resolve("c/0/0"));
        metadata(array, "[8,8,8]", "{\"name\":\"bytes\"},{\"name\":\"zstd\",\"configuration\":{\"level\":1}}");
        Files.write(array.resolve("c/0/0/0"), bomb);

        assertThatThrownBy(() -> read(array, Point.ORIGIN))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA))
                .hasMessageContaining(array.resolve("c/0/0/0").toString());
        assertThat(allocator.getPeakMemoryAllocation()).isLessThan(MEMORY);
    }

    @Test
    void sizesThatAreDeclaredButNotThereTakeNoMemory() throws IOException {
        Path array = folder.resolve("huge");
        Files.createDirectories(array);
        metadata(array, "[100000,100000,100000]", "{\"name\":\"bytes\"}");
        assertThatThrownBy(() -> read(array, Point.ORIGIN))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining(array.toString());

        metadata(
                array,
                "[1000000,1000000,1000]",
                "{\"name\":\"sharding_indexed\",\"configuration\":{\"chunk_shape\":[1,1,1],\"codecs\":[{\"name\":\"bytes\"}],"
                        + "\"index_codecs\":[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}]}}");
        assertThatThrownBy(() -> read(array, Point.ORIGIN))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("inner chunks");
    }

    @Test
    void anObjectLongerThanAChunkCanBeIsNotEvenRead() throws IOException {
        Path array = folder.resolve("long");
        Files.createDirectories(array.resolve("c/0/0"));
        metadata(array, "[8,8,8]", "{\"name\":\"bytes\"}");
        Files.write(array.resolve("c/0/0/0"), new byte[2 << 20]);

        assertThatThrownBy(() -> read(array, Point.ORIGIN)).hasMessageContaining("takes 2097152 stored bytes");
    }

    private static void metadata(Path array, String chunk, String codecs) throws IOException {
        Files.writeString(
                array.resolve("zarr.json"),
                "{\"zarr_format\":3,\"node_type\":\"array\",\"shape\":[1000000,1000000,1000000],\"data_type\":\"uint8\","
                        + "\"chunk_grid\":{\"name\":\"regular\",\"configuration\":{\"chunk_shape\":" + chunk
                        + "}},\"chunk_key_encoding\":{\"name\":\"default\"},\"fill_value\":0,\"codecs\":[" + codecs
                        + "]}",
                StandardCharsets.UTF_8);
    }

    private void assertCorrupt(String what, String place) {
        assertThatThrownBy(this::read)
                .as(what)
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        e -> assertThat(e.code()).as(what).isEqualTo(ErrorCode.CORRUPT_DATA))
                .hasMessageContaining(place);
    }

    private byte[] read() {
        try (ChunkCache cache = new ChunkCache(allocator, MEMORY);
                VolumeReader reader =
                        new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(folder.toUri());
                ArrowBuf block = reader.levels()
                        .get(0)
                        .readBlock(Point.ORIGIN, new BlockShape(16, 16, 16), allocator, new Cancellation())) {
            return ReadBlockTest.bytes(block, whole.voxels.length);
        }
    }

    private void read(Path volume, Point origin) {
        try (ChunkCache cache = new ChunkCache(allocator, MEMORY);
                VolumeReader reader =
                        new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(volume.toUri())) {
            reader.levels()
                    .get(0)
                    .readBlock(origin, CHUNK, allocator, new Cancellation())
                    .close();
        }
    }
}
