package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ReadTally;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every {@link ArrayReader} does: blocks are slices of the array, filled where they reach out of it. */
@Timeout(60)
public abstract class ArrayReaderContract {
    private static final Extent EXTENT = new Extent(2, 3, 11, 13, 17);
    private static final BlockShape CHUNK = new BlockShape(4, 5, 6);

    @RegisterExtension
    protected final AllocatorExtension memory = new AllocatorExtension();

    /** An array to read, and what has to be closed after it. */
    protected record Opened(ArrayReader array, AutoCloseable owner) {}

    /**
     * Opens an array that holds {@code voxels}.
     *
     * @param chunk the chunks to store it in, as far as the format has them
     * @param voxels C order of (t, c, z, y, x), little-endian
     */
    protected abstract Opened open(
            Extent extent, ElementType type, BlockShape chunk, byte[] voxels, BufferAllocator allocator)
            throws Exception;

    @Test
    void blocksOfEveryElementTypeAreSlices() throws Exception {
        for (ElementType type : ElementType.values()) {
            byte[] voxels = voxels(type);
            Opened opened = open(EXTENT, type, CHUNK, voxels, memory.allocator());
            try (AutoCloseable owner = opened.owner()) {
                assertThat(owner).isNotNull();
                ArrayReader array = opened.array();
                assertThat(array.extent()).isEqualTo(EXTENT);
                assertThat(array.elementType()).isEqualTo(type);
                Random random = new Random(type.ordinal());
                for (int i = 0; i < 30; i++) {
                    Point origin = new Point(
                            random.nextInt(2),
                            random.nextInt(3),
                            random.nextInt(14) - 3,
                            random.nextInt(16) - 3,
                            random.nextInt(20) - 3);
                    compare(array, origin, new BlockShape(4, 4, 4), voxels);
                    compare(array, origin, new BlockShape(12, 1, 20), voxels);
                }
                for (long z = 0; z < 11; z += CHUNK.z()) { // aligned, the last over the edge
                    compare(array, new Point(1, 2, z, 10, 12), CHUNK, voxels);
                }
            }
        }
    }

    @Test
    void aBlockOutsideIsRefusedNamingIt() throws Exception {
        Opened opened = open(EXTENT, ElementType.UINT8, CHUNK, voxels(ElementType.UINT8), memory.allocator());
        try (AutoCloseable owner = opened.owner()) {
            assertThat(owner).isNotNull();
            for (Point origin : List.of(
                    new Point(0, 0, 11, 0, 0),
                    new Point(0, 3, 0, 0, 0),
                    new Point(-1, 0, 0, 0, 0),
                    Point.zyx(0, 0, -6))) {
                assertThatThrownBy(
                                () -> opened.array().readBlock(origin, CHUNK, memory.allocator(), new Cancellation()))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.INVALID_ARGUMENT))
                        .hasMessageContaining(origin.toString());
            }
        }
    }

    @Test
    void chunksAreCountedForWhoReads() throws Exception {
        Opened opened = open(EXTENT, ElementType.UINT8, CHUNK, voxels(ElementType.UINT8), memory.allocator());
        try (AutoCloseable owner = opened.owner()) {
            assertThat(owner).isNotNull();
            ReadTally first = new ReadTally();
            read(opened.array(), Point.zyx(0, 0, 0), first);
            assertThat(first.chunks()).as("it is a chunk").isEqualTo(1);
            assertThat(first.cacheHits()).isZero();
            ReadTally second = new ReadTally();
            read(opened.array(), Point.zyx(3, 4, 5), second);
            assertThat(second.chunks()).as("it lies in eight").isEqualTo(8);
            assertThat(second.cacheHits()).as("of which one was read").isEqualTo(1);
            read(opened.array(), Point.zyx(3, 4, 5), second);
            assertThat(second.chunks()).isEqualTo(16);
            assertThat(second.cacheHits()).isEqualTo(9);
        }
    }

    private void read(ArrayReader array, Point origin, ReadTally tally) {
        array.readBlock(origin, CHUNK, memory.allocator(), new Cancellation(), tally)
                .close();
    }

    @Test
    void aBoxIsReadWholeAndOnlyInside() throws Exception {
        byte[] voxels = voxels(ElementType.UINT16);
        Opened opened = open(EXTENT, ElementType.UINT16, CHUNK, voxels, memory.allocator());
        try (AutoCloseable owner = opened.owner();
                ArrowBuf all = memory.allocator().buffer(voxels.length)) {
            assertThat(owner).isNotNull();
            opened.array().readBox(Box.of(EXTENT), all, new Cancellation());
            byte[] read = new byte[voxels.length];
            all.getBytes(0, read);
            assertThat(read).isEqualTo(voxels);
            Box over = Box.at(Point.zyx(1, 0, 0), Extent.zyx(11, 1, 1));
            assertThatThrownBy(() -> opened.array().readBox(over, all, new Cancellation()))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }

    @Test
    void whatIsCancelledIsNotRead() throws Exception {
        Opened opened = open(EXTENT, ElementType.UINT8, CHUNK, voxels(ElementType.UINT8), memory.allocator());
        try (AutoCloseable owner = opened.owner()) {
            assertThat(owner).isNotNull();
            Cancellation cancelled = new Cancellation();
            cancelled.cancel();
            assertThatThrownBy(() -> opened.array()
                            .readBlock(Point.zyx(1, 1, 1), new BlockShape(8, 8, 8), memory.allocator(), cancelled))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        }
    }

    @Test
    void manyThreadsReadAtOnce() throws Exception {
        byte[] voxels = voxels(ElementType.INT32);
        Opened opened = open(EXTENT, ElementType.INT32, CHUNK, voxels, memory.allocator());
        try (AutoCloseable owner = opened.owner()) {
            assertThat(owner).isNotNull();
            IntStream.range(0, 300)
                    .parallel()
                    .forEach(i -> compare(
                            opened.array(),
                            new Point(i % 2, i % 3, i % 9, i % 7, i % 11),
                            new BlockShape(7, 7, 7),
                            voxels));
        }
    }

    private void compare(ArrayReader array, Point origin, BlockShape shape, byte[] voxels) {
        int bytes = array.elementType().bytes();
        byte[] expected = new byte[shape.voxels() * bytes];
        int to = 0;
        boolean any = false;
        for (long z = origin.z(); z < origin.z() + shape.z(); z++) {
            for (long y = origin.y(); y < origin.y() + shape.y(); y++) {
                for (long x = origin.x(); x < origin.x() + shape.x(); x++, to += bytes) {
                    if (z < 0 || y < 0 || x < 0 || z >= EXTENT.z() || y >= EXTENT.y() || x >= EXTENT.x()) {
                        System.arraycopy(array.fillValue(), 0, expected, to, bytes);
                        continue;
                    }
                    any = true;
                    long from =
                            (((origin.t() * EXTENT.c() + origin.c()) * EXTENT.z() + z) * EXTENT.y() + y) * EXTENT.x()
                                    + x;
                    System.arraycopy(voxels, Math.toIntExact(from * bytes), expected, to, bytes);
                }
            }
        }
        if (!any) {
            return; // outside: another test
        }
        try (ArrowBuf block = array.readBlock(origin, shape, memory.allocator(), new Cancellation())) {
            assertThat(block.capacity()).isEqualTo(expected.length);
            byte[] read = new byte[expected.length];
            block.getBytes(0, read);
            assertThat(read).as("%s at %s", shape, origin).isEqualTo(expected);
        }
    }

    private static byte[] voxels(ElementType type) {
        byte[] voxels = new byte[Math.toIntExact(EXTENT.voxels() * type.bytes())];
        new Random(type.ordinal()).nextBytes(voxels);
        return voxels;
    }
}
