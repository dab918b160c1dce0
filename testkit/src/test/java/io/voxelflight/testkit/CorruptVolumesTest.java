package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.blockio.fetch.LocalStore;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged volumes of every format and codec give an error of ours or, where nothing checks them, some voxels: never another
 * exception, a crash, a hang or memory beyond the limit. {@code -Dfuzz.seconds=600} and {@code -Dfuzz.arrays=blosc} fuzz
 * the arrays whose names contain a word for so long each.
 */
@Timeout(7200)
class CorruptVolumesTest {
    private static final Set<ErrorCode> EXPECTED = EnumSet.of(
            ErrorCode.CORRUPT_DATA,
            ErrorCode.UNSUPPORTED,
            ErrorCode.NOT_FOUND,
            ErrorCode.INVALID_ARGUMENT,
            ErrorCode.RESOURCE_EXHAUSTED);

    private static final long MEMORY = 64L << 20;
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int RANDOM_VARIANTS = 60;

    private static final int FUZZ_SECONDS = Integer.getInteger("fuzz.seconds", 0);
    private static final String FUZZ_ARRAYS = System.getProperty("fuzz.arrays", "");

    @TestFactory
    Stream<DynamicTest> everyArrayDamagedInManyWays() throws IOException {
        JsonNode all =
                new ObjectMapper().readTree(SharedData.require("expected.json").toFile());
        Iterable<String> keys = all::fieldNames;
        return StreamSupport.stream(keys.spliterator(), false)
                .filter(key -> key.matches("(zarr_v2|zarr_v3|n5|ome-zarr)/.*") && key.contains(FUZZ_ARRAYS))
                .filter(key -> !SharedData.expected(key).sha256().isEmpty())
                .map(key -> DynamicTest.dynamicTest(key, () -> damage(SharedData.require(key))));
    }

    private static void damage(Path array) throws IOException {
        List<String> objects;
        try (Stream<Path> files = Files.walk(array)) {
            objects = files.filter(Files::isRegularFile)
                    .map(file -> array.relativize(file).toString())
                    .sorted()
                    .toList();
        }
        List<String> chunks = objects.stream()
                .filter(name -> !name.endsWith("json") && !name.contains(".z"))
                .toList();
        Random random = new Random(array.toString().hashCode());
        if (!chunks.isEmpty()) {
            String first = chunks.get(0);
            for (int percent = 0; percent < 100; percent++) {
                double part = percent / 100.0;
                read(
                        array,
                        first,
                        bytes -> Arrays.copyOf(bytes, (int) (bytes.length * part)),
                        "cut at " + percent + " %");
            }
        }
        long end = System.nanoTime() + FUZZ_SECONDS * 1_000_000_000L;
        for (int i = 0; i < RANDOM_VARIANTS || System.nanoTime() < end; i++) {
            long seed = random.nextLong();
            // metadata too, but mostly chunks
            List<String> from = chunks.isEmpty() || i % 8 == 7 ? objects : chunks;
            String object = from.get(random.nextInt(from.size()));
            read(array, object, bytes -> mutate(bytes, new Random(seed)), "seed " + seed);
        }
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return new byte[random.nextInt(100)];
        }
        byte[] changed = bytes.clone();
        int head = Math.min(bytes.length, 64); // where sizes and offsets are
        int tail = Math.max(0, bytes.length - 64); // where shard indexes are
        switch (random.nextInt(6)) {
            case 0 -> changed[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> changed[random.nextInt(head)] = (byte) random.nextInt(256);
            case 2 -> changed[tail + random.nextInt(bytes.length - tail)] = (byte) random.nextInt(256);
            case 3 -> {
                int[] values = {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, 1 << 30, random.nextInt()};
                int value = values[random.nextInt(values.length)];
                int at = random.nextBoolean() ? random.nextInt(head) : tail + random.nextInt(bytes.length - tail);
                for (int i = 0; i < 4 && at + i < bytes.length; i++) {
                    changed[at + i] = (byte) (value >> (8 * i));
                }
            }
            case 4 -> {
                for (int i = 0; i < 20; i++) {
                    changed[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
            default -> {
                changed = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(200));
                for (int i = bytes.length; i < changed.length; i++) {
                    changed[i] = (byte) random.nextInt(256);
                }
            }
        }
        return changed;
    }

    private static void read(Path array, String object, UnaryOperator<byte[]> mutation, String what) {
        long start = System.nanoTime();
        try (BufferAllocator allocator = new RootAllocator(MEMORY);
                ChunkCache cache = new ChunkCache(allocator, 1 << 20)) {
            StoredVolumeOpener opener = new StoredVolumeOpener(
                    allocator,
                    cache,
                    ReadLimits.DEFAULT,
                    null,
                    location -> new MutatedStore(new LocalStore(Path.of(location), 8), object, mutation));
            try (VolumeReader volume = opener.open(array.toUri())) {
                ArrayReader reader = volume.levels().get(0);
                Box all = Box.of(reader.extent());
                try (ArrowBuf voxels = allocator.buffer(Math.min(
                        MEMORY / 2, Math.multiplyExact(Math.max(1, all.extent().voxels()), (long)
                                reader.elementType().bytes())))) {
                    reader.readBox(all, voxels, new Cancellation());
                } catch (ArithmeticException | IndexOutOfBoundsException tooLargeForThisTest) {
                    // metadata that says more voxels than we have room for: nothing was read
                    assertThat(all.extent().voxels()).isGreaterThan(1 << 20);
                }
            }
        } catch (ServiceException e) {
            assertThat(EXPECTED).as(what + " of " + object + ": " + e.line()).contains(e.code());
        } catch (RuntimeException | Error e) {
            fail(what + " of " + object + " in " + array + " ended with " + e, e);
        }
        assertThat(System.nanoTime() - start).as(what + " of " + object).isLessThan(PATIENCE_NANOS);
    }
}
