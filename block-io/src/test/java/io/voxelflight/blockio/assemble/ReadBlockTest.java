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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What blocks promise beside their voxels: no copy, no leak, clear refusals. */
@Timeout(60)
class ReadBlockTest {
    private static final List<Axis> ZYX = List.of(Axis.Z, Axis.Y, Axis.X);

    @TempDir
    Path folder;

    @Test
    void anAlignedBlockIsTheCachesChunkWithoutACopy() {
        Reference whole = new Reference(Extent.zyx(12, 12, 12), ElementType.UINT16, 7);
        try (BufferAllocator allocator = new RootAllocator();
                BufferAllocator stream = allocator.newChildAllocator("stream", 0, 1 << 20)) {
            whole.write(
                    folder,
                    ZYX,
                    StorageLayout.sharded(new BlockShape(6, 6, 6), new BlockShape(12, 12, 12), 1),
                    allocator);
            ChunkCache cache = new ChunkCache(allocator, 1 << 20);
            VolumeReader reader = new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(folder.toUri());
            ArrayReader array = reader.levels().get(0);
            BlockShape shape = array.chunkShape();
            Point origin = Point.zyx(6, 6, 6);
            byte[] expected = whole.cut(Box.at(origin, shape));

            ArrowBuf first = array.readBlock(origin, shape, stream, new Cancellation());
            ArrowBuf second = array.readBlock(origin, shape, stream, new Cancellation());
            assertThat(second.memoryAddress()).isEqualTo(first.memoryAddress());
            assertThat(cache.statistics().hits()).isEqualTo(1);
            assertThat(cache.statistics().misses()).isEqualTo(1);

            first.close();
            reader.close(); // drops the chunk from the cache; who holds it keeps it
            cache.close();
            assertThat(bytes(second, expected.length)).isEqualTo(expected);
            assertThat(stream.getAllocatedMemory()).isPositive();
            second.close();
            assertThat(stream.getAllocatedMemory()).isZero();
        }
    }

    @Test
    void aChunkThatIsNotStoredIsFillValueAndCountsOnce() throws Exception {
        try (BufferAllocator allocator = new RootAllocator();
                ChunkCache cache = new ChunkCache(allocator, 1 << 20)) {
            new Reference(Extent.zyx(3, 3, 3), ElementType.UINT16, 1)
                    .write(
                            folder,
                            ZYX,
                            StorageLayout.sharded(new BlockShape(2, 2, 2), new BlockShape(2, 2, 2), 1),
                            allocator);
            try (Stream<Path> files = Files.walk(folder)) {
                Files.delete(files.filter(file -> file.endsWith("c/1/1/1"))
                        .findFirst()
                        .orElseThrow());
            }
            try (VolumeReader reader =
                    new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(folder.toUri())) {
                ReadTally tally = new ReadTally();
                for (int hits = 0; hits < 2; hits++) {
                    try (ArrowBuf block = reader.levels()
                            .get(0)
                            .readBlock(
                                    Point.zyx(2, 2, 2),
                                    new BlockShape(2, 2, 2),
                                    allocator,
                                    new Cancellation(),
                                    tally)) {
                        assertThat(bytes(block, 16)).isEqualTo(new byte[16]);
                    }
                    assertThat(tally.chunks()).isEqualTo(hits + 1);
                    assertThat(tally.cacheHits()).isEqualTo(hits);
                }
            }
        }
    }

    @Test
    void placesBeyondAllNumbersAreRefusedAsOutside() {
        try (BufferAllocator allocator = new RootAllocator();
                ChunkCache cache = new ChunkCache(allocator, 1 << 20)) {
            new Reference(Extent.zyx(3, 3, 3), ElementType.UINT8, 1)
                    .write(
                            folder,
                            ZYX,
                            StorageLayout.sharded(new BlockShape(2, 2, 2), new BlockShape(2, 2, 2), 1),
                            allocator);
            try (VolumeReader reader =
                    new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(folder.toUri())) {
                for (Point origin : List.of(
                        Point.zyx(Long.MAX_VALUE, 0, 0), Point.zyx(0, Long.MIN_VALUE, 0), new Point(1, 0, 0, 0, 0))) {
                    assertThatThrownBy(() -> reader.levels()
                                    .get(0)
                                    .readBlock(origin, new BlockShape(2, 2, 2), allocator, new Cancellation()))
                            .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                    .isEqualTo(ErrorCode.INVALID_ARGUMENT));
                }
            }
        }
    }

    @Test
    void whatDoesNotFitTheCallersMemoryIsRefusedAndNothingIsLeft() {
        try (BufferAllocator allocator = new RootAllocator();
                BufferAllocator small = allocator.newChildAllocator("small", 0, 100);
                ChunkCache cache = new ChunkCache(allocator, 1 << 20)) {
            new Reference(Extent.zyx(9, 9, 9), ElementType.UINT8, 1)
                    .write(
                            folder,
                            ZYX,
                            StorageLayout.sharded(new BlockShape(4, 4, 4), new BlockShape(4, 4, 4), 1),
                            allocator);
            try (VolumeReader reader =
                    new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(folder.toUri())) {
                assertThatThrownBy(() -> reader.levels()
                                .get(0)
                                .readBlock(Point.zyx(1, 1, 1), new BlockShape(7, 7, 7), small, new Cancellation()))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.RESOURCE_EXHAUSTED))
                        .hasMessageContaining("'small'");
            }
        }
    }

    static byte[] bytes(ArrowBuf buffer, int count) {
        byte[] bytes = new byte[count];
        buffer.getBytes(0, bytes);
        return bytes;
    }
}
