package io.voxelflight.ingestion.source.array;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.arrow.memory.util.MemoryUtil;

/** Boxes of raw files of any order of axes and bytes, against a plain loop. */
class RawReaderProperties {
    private static Path path = Path.of("");

    @BeforeContainer
    static void makeFile() throws IOException {
        path = Files.createTempFile("raw", ".bin");
        byte[] bytes = new byte[1 << 20];
        new Random(3).nextBytes(bytes);
        Files.write(path, bytes);
    }

    @AfterContainer
    static void deleteFile() throws IOException {
        Files.delete(path);
    }

    @Property(tries = 400)
    void aBoxIsWhatAPlainLoopFinds(
            @ForAll long seed, @ForAll boolean bigEndian, @ForAll @IntRange(min = 0, max = 3) int exponent)
            throws IOException {
        Random random = new Random(seed);
        int bytes = 1 << exponent;
        long[] volume = new long[5];
        long voxels = 1;
        for (int axis = 0; axis < 5; axis++) {
            volume[axis] = 1L + random.nextInt(random.nextBoolean() ? 4 : 40);
            while (voxels * volume[axis] * bytes > 1 << 19) {
                volume[axis] = Math.max(1, volume[axis] / 2);
            }
            voxels *= volume[axis];
        }
        List<Integer> order = new ArrayList<>(List.of(4, 3, 2, 1, 0));
        if (random.nextBoolean()) {
            Collections.shuffle(order, random);
        }
        long[] strides = new long[5];
        long stride = bytes;
        for (int axis : order) {
            strides[axis] = stride;
            stride *= volume[axis] + (random.nextInt(5) == 0 ? 1 : 0); // gaps, as between the strips of a page
        }
        long position = random.nextInt(1000);
        long[] size = new long[5];
        for (int axis = 0; axis < 5; axis++) {
            long start = random.nextInt(3) == 0 ? 0 : random.nextInt((int) volume[axis]);
            size[axis] =
                    random.nextInt(3) == 0 ? volume[axis] - start : 1L + random.nextInt((int) (volume[axis] - start));
            position += start * strides[axis];
        }
        long[] packed = Strided.packed(size, bytes);
        int total = (int) (packed[0] * size[0]);
        ByteBuffer read = ByteBuffer.allocateDirect(total + 8).order(ByteOrder.LITTLE_ENDIAN);
        read.putLong(total, 42);
        try (SourceFile file = SourceFile.open(path)) {
            new RawReader(file, bytes, bigEndian, new Scratch())
                    .read(position, strides, MemoryUtil.getByteBufferAddress(read), packed, size);
        }
        assertThat(read.getLong(total)).isEqualTo(42);
        byte[] all = Files.readAllBytes(path);
        int to = 0;
        for (long t = 0; t < size[0]; t++) {
            for (long c = 0; c < size[1]; c++) {
                for (long z = 0; z < size[2]; z++) {
                    for (long y = 0; y < size[3]; y++) {
                        for (long x = 0; x < size[4]; x++) {
                            long at = position
                                    + t * strides[0]
                                    + c * strides[1]
                                    + z * strides[2]
                                    + y * strides[3]
                                    + x * strides[4];
                            for (int b = 0; b < bytes; b++, to++) {
                                int from = (int) at + (bigEndian ? bytes - 1 - b : b);
                                assertThat(read.get(to)).isEqualTo(all[from]);
                            }
                        }
                    }
                }
            }
        }
    }
}
