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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** What is written is read again, in any shape and from anywhere. */
class RoundTripTest {
    private static final List<List<Axis>> AXES = List.of(
            List.of(Axis.Z, Axis.Y, Axis.X),
            List.of(Axis.C, Axis.Z, Axis.Y, Axis.X),
            List.of(Axis.T, Axis.Z, Axis.Y, Axis.X),
            List.of(Axis.T, Axis.C, Axis.Z, Axis.Y, Axis.X));

    @Property(tries = 40)
    void everyBlockEqualsTheSliceOfTheWhole(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<Axis> axes = AXES.get(random.nextInt(AXES.size()));
        ElementType type = ElementType.values()[random.nextInt(ElementType.values().length)];
        Reference whole = new Reference(
                new Extent(
                        axes.contains(Axis.T) ? 1 + random.nextInt(3) : 1,
                        axes.contains(Axis.C) ? 1 + random.nextInt(3) : 1,
                        1 + random.nextInt(20),
                        1 + random.nextInt(20),
                        1 + random.nextInt(20)),
                type,
                random.nextLong());
        BlockShape chunk = shape(random, 6);
        BlockShape per = shape(random, 3);
        BlockShape shard = new BlockShape(chunk.z() * per.z(), chunk.y() * per.y(), chunk.x() * per.x());
        Path volume = Files.createTempDirectory("read-block");
        try (BufferAllocator allocator = new RootAllocator()) {
            StorageLayout layout = random.nextBoolean()
                    ? StorageLayout.sharded(chunk, shard, 1)
                    : StorageLayout.chunkObjects(chunk, 1);
            whole.write(volume, axes, layout, allocator);
            // smaller than the volume, so that chunks come and go; now and then too small for one
            try (ChunkCache cache = new ChunkCache(allocator, random.nextInt(8000));
                    VolumeReader reader =
                            new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(volume.toUri())) {
                ArrayReader array = reader.levels().get(0);
                assertThat(array.extent()).isEqualTo(whole.extent);
                assertThat(array.elementType()).isEqualTo(type);
                assertThat(array.chunkShape()).isEqualTo(chunk);
                for (int i = 0; i < 20; i++) {
                    BlockShape shape = i % 4 == 0 ? chunk : shape(random, 24);
                    Point origin = new Point(
                            random.nextInt((int) whole.extent.t()),
                            random.nextInt((int) whole.extent.c()),
                            random.nextInt(30) - 8,
                            random.nextInt(30) - 8,
                            random.nextInt(30) - 8);
                    compare(whole, array, origin, shape, allocator);
                }
                Box box = Box.at(Point.ORIGIN, shape(random, 20)).intersection(Box.of(whole.extent));
                try (ArrowBuf read = allocator.buffer(Math.max(1, box.extent().voxels() * type.bytes()))) {
                    array.readBox(box, read, new Cancellation());
                    byte[] expected = whole.cut(box);
                    assertThat(ReadBlockTest.bytes(read, expected.length)).isEqualTo(expected);
                }
            }
        } finally {
            delete(volume);
        }
    }

    private static void compare(
            Reference whole, ArrayReader array, Point origin, BlockShape shape, BufferAllocator allocator) {
        Box block = Box.at(origin, shape);
        if (block.intersection(Box.of(whole.extent)).isEmpty()) {
            assertThatThrownBy(() -> array.readBlock(origin, shape, allocator, new Cancellation()))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageContaining(origin.toString());
            return;
        }
        byte[] expected = whole.cut(block);
        try (ArrowBuf read = array.readBlock(origin, shape, allocator, new Cancellation())) {
            assertThat(read.capacity()).isEqualTo(expected.length);
            assertThat(ReadBlockTest.bytes(read, expected.length)).isEqualTo(expected);
        }
        assertThat(array.validBox(origin, shape)).isEqualTo(block.intersection(Box.of(whole.extent)));
    }

    private static BlockShape shape(Random random, int longest) {
        return new BlockShape(1 + random.nextInt(longest), 1 + random.nextInt(longest), 1 + random.nextInt(longest));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
