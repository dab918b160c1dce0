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
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Damaged volumes of every format and codec give an error of ours or, where nothing checks them, some voxels: never another
 * exception, a crash, a hang or memory beyond the limit. {@code -Dfuzz.seconds=600} and {@code -Dfuzz.arrays=blosc} fuzz
 * the arrays whose names match a regular expression, for so long together. {@code -Dfuzz.folder=DIR} takes the volumes in
 * a folder instead of the sample data: {@code clients/python/tests/write_volumes.py DIR} has foreign writers fill
 * one with every codec there is.
 */
@Timeout(7200)
class CorruptVolumesTest {
    private static final Logger LOG = LoggerFactory.getLogger(CorruptVolumesTest.class);

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
    private static final Pattern FUZZ_ARRAYS = Pattern.compile(System.getProperty("fuzz.arrays", ""));
    private static final @Nullable String FUZZ_FOLDER = System.getProperty("fuzz.folder");
    private static final Set<String> METADATA = Set.of(".zarray", "zarr.json", "attributes.json", "info");

    @TestFactory
    Stream<DynamicTest> everyArrayDamagedInManyWays() throws IOException {
        Map<String, Path> arrays = FUZZ_FOLDER == null ? sampleArrays() : arraysIn(Path.of(FUZZ_FOLDER));
        arrays.keySet().removeIf(name -> !FUZZ_ARRAYS.matcher(name).find());
        assertThat(arrays).as("arrays to damage").isNotEmpty();
        long nanosEach = FUZZ_SECONDS * 1_000_000_000L / arrays.size();
        return arrays.entrySet().stream()
                .map(array -> DynamicTest.dynamicTest(array.getKey(), () -> damage(array.getValue(), nanosEach)));
    }

    private static Map<String, Path> sampleArrays() throws IOException {
        JsonNode all =
                new ObjectMapper().readTree(SharedData.require("expected.json").toFile());
        Map<String, Path> arrays = new TreeMap<>();
        all.fieldNames().forEachRemaining(key -> {
            if (key.matches("(zarr_v2|zarr_v3|n5|ome-zarr|precomputed)/.*")
                    && !SharedData.expected(key).sha256().isEmpty()) {
                arrays.put(key, SharedData.require(key.replaceFirst(" \\(.*", ""))); // a remark may follow the path
            }
        });
        return arrays;
    }

    private static Map<String, Path> arraysIn(Path folder) throws IOException {
        Map<String, Path> arrays = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(path -> METADATA.stream().anyMatch(name -> Files.exists(path.resolve(name))))
                    .filter(path -> !path.endsWith("all.zarr")) // the group that holds them
                    .forEach(path -> arrays.put(folder.relativize(path).toString(), path));
        }
        return arrays;
    }

    private static void damage(Path array, long nanos) throws IOException {
        List<String> objects;
        try (Stream<Path> files = Files.walk(array)) {
            objects = files.filter(Files::isRegularFile)
                    .map(file -> array.relativize(file).toString())
                    .sorted()
                    .toList();
        }
        List<String> chunks = objects.stream()
                .filter(name -> !METADATA.contains(Path.of(name).getFileName().toString()))
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
        long end = System.nanoTime() + nanos;
        int variants = 0;
        for (; variants < RANDOM_VARIANTS || System.nanoTime() < end; variants++) {
            long seed = random.nextLong();
            // metadata too, but mostly chunks
            List<String> from = chunks.isEmpty() || variants % 8 == 7 ? objects : chunks;
            String object = from.get(random.nextInt(from.size()));
            read(array, object, bytes -> mutate(bytes, new Random(seed)), "seed " + seed);
        }
        LOG.info("{}: {} variants", array, variants);
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
