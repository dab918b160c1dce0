package io.voxelflight.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.catalog.api.OutcomeUnknownException;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every voxel of every level and every row equal a plain reference; what fails leaves nothing. */
class IngestorTest {
    private static final BlockShape CHUNK = new BlockShape(16, 16, 16);
    private static final BlockShape SHARD = new BlockShape(32, 32, 32);
    private static final DatasetName NAME = new DatasetName("volume");
    private static final IngestLimits LIMITS = new IngestLimits(16 << 20, 3);

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path volumes;

    private final MemoryCatalog catalog = new MemoryCatalog();

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void imagesOfAllTypesEqualTheReference(ElementType type) {
        ArraySource source = new ArraySource(Extent.zyx(50, 41, 37), type);
        new Random(type.ordinal()).nextBytes(source.bytes);
        clear(source, 16, 40); // chunks of zeros, and such that are zero in part
        check(source, ingest(source, LIMITS), 3);
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FLOAT16", "FLOAT32", "FLOAT64"})
    void labelsOfAllTypesEqualTheReference(ElementType type) {
        ArraySource source = new ArraySource(Extent.zyx(35, 33, 18), type);
        Random random = new Random(type.ordinal());
        byte[] high = new byte[type.bytes()];
        random.nextBytes(high);
        high[type.bytes() - 1] |= (byte) 0x80; // a number that is negative if signed
        for (int i = 0; i < source.bytes.length; i += type.bytes()) {
            source.voxels.put(i, high);
            source.voxels.put(i, (byte) random.nextInt(4));
        }
        source.kind = VolumeKind.LABELS;
        clear(source, 0, 16);
        check(source, ingest(source, LIMITS), 3);
    }

    @Test
    void floatsWithoutNumbersEqualTheReference() {
        ArraySource source = new ArraySource(Extent.zyx(20, 33, 17), ElementType.FLOAT32);
        Random random = new Random(5);
        for (int i = 0; i < source.bytes.length; i += 4) {
            int kind = random.nextInt(4);
            source.voxels.putFloat(i, kind == 0 ? Float.NaN : kind == 1 ? -0.0f : (float) random.nextGaussian() * 1e6f);
        }
        for (int i = 0; i < 33 * 17 * 16 * 4; i += 4) {
            source.voxels.putFloat(i, Float.NaN);
        }
        check(source, ingest(source, LIMITS), 3);
    }

    @Test
    void timePointsAndChannelsAreVolumesOfTheirOwn() {
        ArraySource source = new ArraySource(new Extent(2, 3, 18, 20, 33), ElementType.UINT16);
        new Random(1).nextBytes(source.bytes);
        Dataset dataset = ingest(source, LIMITS);
        assertThat(dataset.axes()).isEqualTo("tczyx");
        check(source, dataset, 3);
    }

    @Test
    void longVoxelsWaitForTheOthers() {
        ArraySource source = new ArraySource(Extent.zyx(40, 70, 90), ElementType.UINT8);
        new Random(2).nextBytes(source.bytes);
        source.voxelSize = new VoxelSize(40, 8, 8);
        Dataset dataset = ingest(source, LIMITS);
        assertThat(dataset.levels().stream().map(Level::voxelSize))
                .containsExactly(
                        new VoxelSize(40, 8, 8),
                        new VoxelSize(40, 16, 16),
                        new VoxelSize(40, 32, 32),
                        new VoxelSize(80, 64, 64),
                        new VoxelSize(160, 128, 128));
        assertThat(dataset.levels().stream().map(Level::extent))
                .containsExactly(
                        Extent.zyx(40, 70, 90),
                        Extent.zyx(40, 35, 45),
                        Extent.zyx(40, 18, 23),
                        Extent.zyx(20, 9, 12),
                        Extent.zyx(10, 5, 6));
        check(source, dataset, 5);
    }

    @Test
    void aPlaneKeepsItsThicknessOfOne() {
        ArraySource source = new ArraySource(Extent.zyx(1, 60, 40), ElementType.INT16);
        new Random(3).nextBytes(source.bytes);
        check(source, ingest(source, LIMITS), 3);
    }

    @Test
    void readsCoverTheVolumeOnceInWholeUnitsOfTheSource() {
        for (BlockShape unit : List.of(
                new BlockShape(1, 1, 1),
                new BlockShape(1, 70, 90),
                new BlockShape(8, 24, 90),
                new BlockShape(24, 64, 64))) {
            ArraySource source = new ArraySource(Extent.zyx(40, 70, 90), ElementType.UINT8);
            new Random(4).nextBytes(source.bytes);
            source.readUnit = unit;
            check(source, ingest(source, LIMITS), 4);
            long read = 0;
            for (Box box : source.reads) {
                read += box.extent().voxels();
                if (box.start().z() > 0) {
                    assertThat(box.start().z() % Math.min(unit.z(), 16))
                            .as("first plane of %s in units of %s", box, unit)
                            .isZero();
                }
                assertThat(box.start().x() % unit.x())
                        .as("first column of %s in units of %s", box, unit)
                        .isZero();
            }
            assertThat(read).isEqualTo(source.extent.voxels());
            catalog.entries.clear();
        }
    }

    @Test
    void moreLabelsThanAreListedAreCountedAllTheSame() throws IOException {
        ArraySource source = new ArraySource(Extent.zyx(16, 32, 16), ElementType.UINT32);
        for (int i = 0; i < source.extent.voxels(); i++) {
            source.voxels.putInt(4 * i, i % 6000);
        }
        source.kind = VolumeKind.LABELS;
        ingest(source, LIMITS, new BlockShape(16, 32, 16), new BlockShape(16, 32, 16));
        JsonNode attrs =
                new ObjectMapper().readTree(catalog.entry(NAME).chunks().get(0).attrsJson());
        assertThat(attrs.path("labels").size()).isEqualTo(4096);
        assertThat(attrs.path("labels").path("0").asInt()).isEqualTo(2);
        assertThat(attrs.path("labels").has("2191")).isTrue(); // 0 to 2191 come twice
        assertThat(attrs.path("labels").has("5999")).isFalse();
        assertThat(attrs.path("distinct_labels").asInt()).isEqualTo(6000);
    }

    @Test
    void provenanceIsInTheCatalogAndTheVolume() throws IOException {
        ArraySource source = new ArraySource(Extent.zyx(5, 5, 5), ElementType.UINT8);
        Dataset dataset = ingest(source, LIMITS);
        assertThat(dataset.attrs().at("/source/location").asText()).isEqualTo("memory");
        assertThat(dataset.attrs().at("/source/metadata/instrument").asText()).isEqualTo("a loop");
        assertThat(dataset.attrs().at("/ingestion/settings/chunk").asText()).isEqualTo("16x16x16");
        assertThat(dataset.attrs().at("/ingestion/stored_bytes").asLong())
                .isEqualTo(dataset.levels().get(0).storedBytes());
        assertThat(catalog.entry(NAME).acquisitions())
                .singleElement()
                .satisfies(acquisition -> assertThat(acquisition.instrument()).isEqualTo("a loop"));
        JsonNode group = new ObjectMapper()
                .readTree(Path.of(URI.create(dataset.location()))
                        .resolve("zarr.json")
                        .toFile());
        assertThat(group.at("/attributes/voxelflight/source/format").asText()).isEqualTo("array");
    }

    @Test
    void aNameThatIsTakenIsRefusedBeforeAnythingIsRead() {
        ingest(new ArraySource(Extent.zyx(5, 5, 5), ElementType.UINT8), LIMITS);
        ArraySource source = new ArraySource(Extent.zyx(5, 5, 5), ElementType.UINT8);
        assertFails(source, ErrorCode.ALREADY_EXISTS, "volume");
        assertThat(source.reads).isEmpty();
        assertThat(volumes)
                .isDirectoryContaining(path -> path.getFileName().toString().startsWith("volume-"));
    }

    @Test
    void aSourceThatFailsInTheMiddleLeavesNothing() {
        ArraySource source = new ArraySource(Extent.zyx(80, 80, 80), ElementType.UINT8);
        new Random(6).nextBytes(source.bytes);
        AtomicInteger reads = new AtomicInteger();
        source.beforeRead = box -> {
            if (reads.incrementAndGet() == 5) {
                throw new ServiceException(ErrorCode.CORRUPT_DATA, "array is cut short at plane 7");
            }
        };
        assertFails(source, ErrorCode.CORRUPT_DATA, "array is cut short at plane 7");
        assertThat(catalog.entries).isEmpty();
        assertNothingStored();
        source.beforeRead = box -> {};
        check(source, ingest(source, LIMITS), 4);
    }

    @Test
    void cancellingLeavesNothing() {
        ArraySource source = new ArraySource(Extent.zyx(80, 80, 80), ElementType.UINT8);
        new Random(6).nextBytes(source.bytes);
        Cancellation cancellation = new Cancellation();
        source.beforeRead = box -> {
            if (source.reads.size() == 4) {
                cancellation.cancel();
            }
        };
        assertThatThrownBy(
                        () -> ingestor(LIMITS).ingest(source, request(CHUNK, SHARD), IngestProgress.NONE, cancellation))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertNothingStored();
    }

    @Test
    void aDatabaseThatGoesAwayLeavesNothing() {
        ArraySource source = new ArraySource(Extent.zyx(20, 20, 20), ElementType.UINT8);
        catalog.beforeCommit = () -> {
            catalog.beforeFind = () -> {
                throw new ServiceException(ErrorCode.UNAVAILABLE, "it still does not");
            };
            throw new ServiceException(ErrorCode.UNAVAILABLE, "the database does not answer");
        };
        assertFails(source, ErrorCode.UNAVAILABLE, "the database does not answer");
        assertNothingStored();
    }

    @Test
    void aPublicationWhoseAnswerIsLostCounts() {
        ArraySource source = new ArraySource(Extent.zyx(20, 20, 20), ElementType.UINT8);
        new Random(7).nextBytes(source.bytes);
        catalog.afterCommit = () -> {
            throw new OutcomeUnknownException(new ServiceException(ErrorCode.UNAVAILABLE, "the connection broke"));
        };
        check(source, ingest(source, LIMITS), 2);
    }

    @Test
    void anUnknownOutcomeIsSaidAndFoundOutByTheNextIngestion() {
        ArraySource source = new ArraySource(Extent.zyx(20, 20, 20), ElementType.UINT8);
        new Random(7).nextBytes(source.bytes);
        for (boolean committed : new boolean[] {false, true}) {
            Runnable breakDown = () -> {
                catalog.beforeFind = () -> {
                    throw new ServiceException(ErrorCode.UNAVAILABLE, "still away");
                };
                throw new OutcomeUnknownException(new ServiceException(ErrorCode.UNAVAILABLE, "the connection broke"));
            };
            catalog.beforeCommit = committed ? () -> {} : breakDown;
            catalog.afterCommit = committed ? breakDown : () -> {};
            assertFails(source, ErrorCode.UNAVAILABLE, "whether dataset 'volume' was published could not be asked");
            catalog.beforeCommit = () -> {};
            catalog.afterCommit = () -> {};
            catalog.beforeFind = () -> {};
            assertThat(stored().stream().filter(name -> name.startsWith("volume-")))
                    .hasSize(1);

            ArraySource other = new ArraySource(Extent.zyx(2, 2, 2), ElementType.UINT8);
            ingestor(LIMITS)
                    .ingest(
                            other,
                            named(new DatasetName("other-" + committed)),
                            IngestProgress.NONE,
                            new Cancellation());
            assertThat(stored().stream().filter(name -> name.startsWith("volume-")))
                    .hasSize(committed ? 1 : 0);
        }
        check(source, catalog.entry(NAME).dataset(), 2);
    }

    @Test
    void oneOfTwoIngestionsOfANameWins() throws Exception {
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        java.util.concurrent.CyclicBarrier together = new java.util.concurrent.CyclicBarrier(2);
        for (int i = 0; i < 2; i++) {
            ArraySource source = new ArraySource(Extent.zyx(40, 40, 40), ElementType.UINT8);
            new Random(i).nextBytes(source.bytes);
            AtomicInteger reads = new AtomicInteger();
            source.beforeRead = box -> {
                if (reads.getAndIncrement() == 0) {
                    try {
                        together.await(); // both have found the name free
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
            };
            Thread thread = new Thread(() -> {
                try {
                    ingest(source, LIMITS);
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).singleElement().isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.ALREADY_EXISTS));
        assertThat(stored()).hasSize(1);
        assertThat(Path.of(URI.create(catalog.entry(NAME).dataset().location())))
                .isDirectoryContaining("glob:**/zarr.json");
    }

    @Test
    void memoryStaysWithinTheLimitWhateverTheShape() {
        for (long limit : new long[] {300 << 10, 700 << 10, 4 << 20}) {
            for (BlockShape unit : List.of(new BlockShape(1, 1, 1), new BlockShape(1, 100, 100))) {
                ArraySource source = new ArraySource(Extent.zyx(100, 100, 100), ElementType.UINT8);
                new Random(8).nextBytes(source.bytes);
                source.readUnit = unit;
                AtomicLong peak = new AtomicLong();
                source.beforeRead =
                        box -> peak.accumulateAndGet(memory.allocator().getAllocatedMemory(), Math::max);
                check(source, ingest(source, new IngestLimits(limit, 4)), 4);
                assertThat(peak.get()).isBetween(1L, limit);
                catalog.entries.clear();
            }
        }
    }

    @Test
    void aLimitThatIsTooSmallIsNamed() {
        assertThatThrownBy(() -> ingest(
                        new ArraySource(Extent.zyx(100, 100, 100), ElementType.UINT8), new IngestLimits(10_000, 2)))
                .isInstanceOfSatisfying(ServiceException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
                    assertThat(e.line()).contains("10000").contains("16x16x16");
                });
        assertNothingStored();
    }

    @Test
    void filesOfARemovedDatasetAreDeleted() {
        Dataset dataset = ingest(new ArraySource(Extent.zyx(9, 9, 9), ElementType.UINT8), LIMITS);
        assertThat(Ingestor.deleteFiles(catalog.remove(NAME), volumes)).isTrue();
        assertNothingStored();
        assertThat(Ingestor.deleteFiles(dataset, volumes)).isFalse();
    }

    @Test
    void progressEndsWithAllBytes() {
        AtomicLong last = new AtomicLong();
        ArraySource source = new ArraySource(Extent.zyx(40, 41, 42), ElementType.UINT16);
        ingestor(LIMITS)
                .ingest(
                        source,
                        request(CHUNK, SHARD),
                        (done, total) -> {
                            assertThat(total).isEqualTo(40 * 41 * 42 * 2);
                            last.accumulateAndGet(done, Math::max);
                        },
                        new Cancellation());
        assertThat(last.get()).isEqualTo(40 * 41 * 42 * 2);
    }

    private Ingestor ingestor(IngestLimits limits) {
        return new Ingestor(memory.allocator(), limits, catalog, catalog);
    }

    private IngestRequest request(BlockShape chunk, BlockShape shard) {
        return new IngestRequest(
                NAME,
                "memory",
                volumes,
                null,
                null,
                "made up",
                List.of("test"),
                StorageLayout.sharded(chunk, shard, 1));
    }

    private IngestRequest named(DatasetName name) {
        return new IngestRequest(
                name, "memory", volumes, null, null, null, List.of(), StorageLayout.sharded(CHUNK, SHARD, 1));
    }

    private Dataset ingest(ArraySource source, IngestLimits limits) {
        return ingest(source, limits, CHUNK, SHARD);
    }

    private Dataset ingest(ArraySource source, IngestLimits limits, BlockShape chunk, BlockShape shard) {
        return ingestor(limits).ingest(source, request(chunk, shard), IngestProgress.NONE, new Cancellation());
    }

    private void assertFails(ArraySource source, ErrorCode code, String message) {
        assertThatThrownBy(() -> ingest(source, LIMITS)).isInstanceOfSatisfying(ServiceException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.line()).contains(message);
        });
    }

    private List<String> stored() {
        try (Stream<Path> all = Files.list(volumes)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals(".staging"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertNothingStored() {
        assertThat(stored()).isEmpty();
        Path staging = volumes.resolve(".staging");
        if (Files.exists(staging)) {
            try (Stream<Path> left = Files.list(staging)) {
                assertThat(left.map(path -> path.getFileName().toString())).containsOnly("gate");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Zeroes planes of a volume. */
    private static void clear(ArraySource source, int fromZ, int toZ) {
        int plane = (int) (source.extent.y() * source.extent.x()) * source.type.bytes();
        for (int i = fromZ * plane; i < Math.min(toZ * plane, source.bytes.length); i++) {
            source.voxels.put(i, (byte) 0);
        }
        source.voxels.put(Math.min(toZ * plane, source.bytes.length) - plane / 2, (byte) 1);
    }

    /** Compares all levels and rows with the reference. */
    private void check(ArraySource source, Dataset dataset, int levels) {
        assertThat(dataset.levels()).hasSize(levels);
        Map<Point, ChunkRow> rows = new HashMap<>();
        for (ChunkRow row : catalog.entry(dataset.name()).chunks()) {
            Point key = new Point(
                    row.origin().t() * 100 + row.level(),
                    row.origin().c(),
                    row.origin().z(),
                    row.origin().y(),
                    row.origin().x());
            assertThat(rows.put(key, row)).as("second row of %s", key).isNull();
        }
        try (ChunkCache cache = new ChunkCache(memory.allocator(), 1 << 20);
                VolumeReader volume = new StoredVolumeOpener(memory.allocator(), cache, ReadLimits.DEFAULT)
                        .open(URI.create(dataset.location()))) {
            assertThat(volume.levels()).hasSize(levels);
            Reference reference = new Reference(source.extent, source.type, source.bytes);
            for (int level = 0; level < levels; level++) {
                if (level > 0) {
                    Extent fine = reference.extent;
                    Extent coarse = dataset.levels().get(level).extent();
                    reference = reference.coarser(
                            step(fine.z(), coarse.z()),
                            step(fine.y(), coarse.y()),
                            step(fine.x(), coarse.x()),
                            source.kind);
                }
                ArrayReader array = volume.levels().get(level);
                assertThat(array.extent()).isEqualTo(reference.extent);
                assertThat(array.elementType()).isEqualTo(source.type);
                checkVoxels(array, reference);
                checkRows(level, dataset.levels().get(level), reference, rows, source.kind);
            }
        }
        assertThat(rows).as("rows of no chunk").isEmpty();
    }

    private static int step(long fine, long coarse) {
        return fine == coarse ? 1 : 2;
    }

    private void checkVoxels(ArrayReader array, Reference reference) {
        byte[] stored = new byte[reference.bytes.length];
        try (ArrowBuf buffer = memory.allocator().buffer(stored.length)) {
            array.readBox(Box.of(array.extent()), buffer, new Cancellation());
            buffer.getBytes(0, stored);
        }
        assertThat(stored).isEqualTo(reference.bytes);
    }

    private static void checkRows(
            int number, Level level, Reference reference, Map<Point, ChunkRow> rows, VolumeKind kind) {
        BlockGrid grid = new BlockGrid(level.extent(), level.chunk());
        long storedBytes = 0;
        for (long i = 0; i < grid.size(); i++) {
            Box valid = grid.validBox(grid.index(i));
            Point at = valid.start();
            ChunkRow row = rows.remove(new Point(at.t() * 100 + number, at.c(), at.z(), at.y(), at.x()));
            assertThat(row).as("row of %s in level %s", at, number).isNotNull();
            assertThat(Extent.zyx(row.sizeZ(), row.sizeY(), row.sizeX()))
                    .isEqualTo(Extent.zyx(
                            valid.extent().z(),
                            valid.extent().y(),
                            valid.extent().x()));
            Reference.Summary expected =
                    reference.summary(at.t(), at.c(), at.z(), at.y(), at.x(), row.sizeZ(), row.sizeY(), row.sizeX());
            checkRow(row, expected, reference.type, kind);
            storedBytes += row.storedBytes();
        }
        assertThat(level.storedBytes()).isEqualTo(storedBytes);
    }

    private static void checkRow(ChunkRow row, Reference.Summary expected, ElementType type, VolumeKind kind) {
        if (Double.isNaN(expected.min())) {
            assertThat(row.min()).isNull();
            assertThat(row.max()).isNull();
            assertThat(row.mean()).isNull();
            assertThat(row.stddev()).isNull();
        } else {
            assertThat(row.min()).isEqualTo(expected.min());
            assertThat(row.max()).isEqualTo(expected.max());
            double size = Math.max(Math.abs(expected.min()), Math.abs(expected.max()));
            assertThat(row.mean()).isCloseTo(expected.mean(), within(size * 1e-13));
            assertThat(row.stddev()).isCloseTo(expected.stddev(), within(size * 1e-12));
        }
        assertThat(row.nonzeroFraction()).isEqualTo(expected.nonzeroFraction());
        if (type.isFloat()) {
            assertThat(row.entropy()).isNull();
            assertThat(row.attrsJson()).isEqualTo(expected.nans() == 0 ? "{}" : "{\"nan\": " + expected.nans() + "}");
        } else {
            assertThat(row.entropy()).isCloseTo(expected.entropy(), within(1e-9));
            if (kind == VolumeKind.LABELS) {
                assertThat(labels(row)).isEqualTo(expected.counts());
            } else {
                assertThat(row.attrsJson()).isEqualTo("{}");
            }
        }
        CRC32C crc = new CRC32C();
        crc.update(expected.bytes());
        assertThat(row.checksum()).isEqualTo((int) crc.getValue());
        boolean stored = false;
        for (byte b : expected.bytes()) {
            stored |= b != 0;
        }
        assertThat(row.storedBytes() > 0).isEqualTo(stored);
        long[] box = expected.nonzeroBox();
        if (expected.nonzeroFraction() == 0) {
            assertThat(row.nonzeroBox()).isNull();
        } else {
            Point at = row.origin();
            assertThat(row.nonzeroBox())
                    .isEqualTo(new Box(
                            new Point(at.t(), at.c(), box[0], box[1], box[2]),
                            new Point(at.t() + 1, at.c() + 1, box[3], box[4], box[5])));
        }
    }

    private static Map<BigInteger, Integer> labels(ChunkRow row) {
        try {
            Map<BigInteger, Integer> labels = new HashMap<>();
            new ObjectMapper()
                    .readTree(row.attrsJson())
                    .path("labels")
                    .properties()
                    .forEach(label -> labels.put(
                            new BigInteger(label.getKey()), label.getValue().asInt()));
            return labels;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
