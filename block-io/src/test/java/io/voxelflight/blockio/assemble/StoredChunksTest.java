package io.voxelflight.blockio.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chunks are handed out as they lie in the files: shards are taken apart here once more, by the specification. */
class StoredChunksTest {
    private static final BlockShape CHUNK = new BlockShape(8, 8, 8);
    private static final int SLOTS = 8;

    private final BufferAllocator allocator = new RootAllocator();

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        allocator.close();
    }

    @Test
    void theBytesOfAChunkOfAShardAreThoseBetweenItsOffsetAndItsEnd() throws IOException {
        whole().write(folder, axes(), StorageLayout.sharded(CHUNK, new BlockShape(16, 16, 16), 3), allocator);
        byte[] shard = Files.readAllBytes(folder.resolve("0/c/0/0/1"));
        ByteBuffer index = ByteBuffer.wrap(shard).order(ByteOrder.LITTLE_ENDIAN);
        int indexStart = shard.length - SLOTS * 16 - 4;
        int slot = 4 * 1 + 2 * 0 + 0; // chunk (1, 0, 2) is the second along z of shard (0, 0, 1)
        int offset = (int) index.getLong(indexStart + slot * 16);
        int length = (int) index.getLong(indexStart + slot * 16 + 8);
        assertThat(read(new BlockIndex(0, 0, 1, 0, 2)))
                .isEqualTo(Arrays.copyOfRange(shard, offset, offset + length))
                .hasSizeGreaterThan(16);
    }

    @Test
    void theBytesOfAChunkObjectAreAllOfIt() throws IOException {
        whole().write(folder, axes(), StorageLayout.chunkObjects(CHUNK, 3), allocator);
        assertThat(read(new BlockIndex(0, 0, 2, 1, 0))).isEqualTo(Files.readAllBytes(folder.resolve("0/2/1/0")));
    }

    @Test
    void aChunkThatIsNotStoredIsNull() throws IOException {
        whole().write(folder, axes(), StorageLayout.chunkObjects(CHUNK, 3), allocator);
        Files.delete(folder.resolve("0/2/1/0"));
        assertThat(read(new BlockIndex(0, 0, 2, 1, 0))).isNull();
    }

    @Test
    void aChunkThatIsTooLongIsRefusedByName() throws IOException {
        whole().write(folder, axes(), StorageLayout.chunkObjects(CHUNK, 3), allocator);
        Path object = folder.resolve("0/2/1/0");
        Files.write(object, new byte[1 << 20]);
        assertThatThrownBy(() -> read(new BlockIndex(0, 0, 2, 1, 0)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA))
                .hasMessageContaining(object.toString())
                .hasMessageContaining("1048576");
    }

    @Test
    void theDiskCacheServesIt() throws IOException {
        whole().write(folder, axes(), StorageLayout.chunkObjects(CHUNK, 3), allocator);
        byte[] stored = Files.readAllBytes(folder.resolve("0/2/1/0"));
        BlockIndex index = new BlockIndex(0, 0, 2, 1, 0);
        try (DiskCache disk = DiskCache.open(folder.resolve("cache"), 64L << 20);
                ChunkCache cache = new ChunkCache(allocator, 1 << 20);
                VolumeReader volume = new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT, disk, this::store)
                        .open(folder.toUri())) {
            StoredChunks chunks = volume.levels().get(0).storedChunks().orElseThrow();
            assertThat(bytes(chunks.read(index, allocator, new Cancellation()))).isEqualTo(stored);
            Files.delete(folder.resolve("0/2/1/0"));
            assertThat(bytes(chunks.read(index, allocator, new Cancellation()))).isEqualTo(stored);
        }
    }

    private ByteStore store(URI location) {
        return StoredVolumeOpener.local(location, ReadLimits.DEFAULT);
    }

    private byte @Nullable [] read(BlockIndex index) {
        try (ChunkCache cache = new ChunkCache(allocator, 1 << 20);
                VolumeReader volume =
                        new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(folder.toUri())) {
            StoredChunks chunks = volume.levels().get(0).storedChunks().orElseThrow();
            assertThat(chunks.array().chunk()).isEqualTo(CHUNK.extent());
            return bytes(chunks.read(index, allocator, new Cancellation()));
        }
    }

    private static byte @Nullable [] bytes(@Nullable ArrowBuf stored) {
        if (stored == null) {
            return null;
        }
        try (stored) {
            return ReadBlockTest.bytes(stored, (int) stored.capacity());
        }
    }

    private static Reference whole() {
        return new Reference(Extent.zyx(20, 20, 30), ElementType.UINT16, 7);
    }

    private static List<Axis> axes() {
        return List.of(Axis.Z, Axis.Y, Axis.X);
    }
}
