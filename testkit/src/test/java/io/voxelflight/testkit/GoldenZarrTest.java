package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Volumes that others wrote (zarr-python, zarrita, by hand from the specification) give the voxels that they hold. */
@Timeout(120)
class GoldenZarrTest {
    /** What stands in the metadata of arrays that are refused: each message names it. */
    private static final List<String> REFUSED = List.of("pcodec", "zfpy", "|S7", ">U13", "<U13", "<U7", "|O");

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TestFactory
    Stream<DynamicTest> arraysOfEveryCodecAndType() throws Exception {
        JsonNode all =
                new ObjectMapper().readTree(SharedData.require("expected.json").toFile());
        Iterable<String> keys = all::fieldNames;
        return StreamSupport.stream(keys.spliterator(), false)
                .filter(key -> key.startsWith("zarr_v"))
                .map(key -> DynamicTest.dynamicTest(key, () -> check(key)));
    }

    @Test
    void anOmeZarr05GroupIsReadAtEveryLevel() throws Exception {
        Path group = SharedData.require("ome-zarr/fib25_v05_sharded.ome.zarr");
        try (ChunkCache cache = new ChunkCache(memory.allocator(), 1 << 20);
                VolumeReader volume =
                        new StoredVolumeOpener(memory.allocator(), cache, ReadLimits.DEFAULT).open(group.toUri())) {
            assertThat(volume.levels()).hasSize(3);
            for (int level = 0; level < 3; level++) {
                SharedData.ExpectedArray expected =
                        SharedData.expected("ome-zarr/fib25_v05_sharded.ome.zarr/s" + level);
                ArrayReader array = volume.levels().get(level);
                assertThat(array.chunkShape()).isEqualTo(new BlockShape(32, 32, 32));
                assertThat(digestByBox(array)).isEqualTo(expected.sha256());
                assertThat(digestByBlocks(array, new BlockShape(50, 37, 64))).isEqualTo(expected.sha256());
            }
        }
    }

    @Test
    void labelsAreExactAtEveryLevel() throws Exception {
        levels("ome-zarr/fib25_v05_sharded.ome.zarr/labels/bodies", VolumeKind.LABELS);
    }

    @Test
    void anOmeZarr04VolumeOfFiveDimensionsIsReadAtEveryLevel() throws Exception {
        levels("ome-zarr/idr0062_6001240_z080-159.ome.zarr", VolumeKind.IMAGE);
    }

    private void levels(String name, VolumeKind kind) throws Exception {
        Path group = SharedData.require(name);
        try (ChunkCache cache = new ChunkCache(memory.allocator(), 1 << 20);
                VolumeReader volume =
                        new StoredVolumeOpener(memory.allocator(), cache, ReadLimits.DEFAULT).open(group.toUri())) {
            assertThat(volume.metadata().kind()).isEqualTo(kind);
            for (int level = 0; level < volume.levels().size(); level++) {
                String path = volume.metadata().levels().get(level).path();
                SharedData.ExpectedArray expected = SharedData.expected(name + "/" + path);
                ArrayReader array = volume.levels().get(level);
                assertThat(digestByBox(array)).isEqualTo(expected.sha256());
                assertThat(digestByBlocks(array, new BlockShape(50, 37, 64))).isEqualTo(expected.sha256());
            }
        }
    }

    @Test
    void aPlaceWithSeveralVolumesNamesThem() {
        for (String name : List.of("zarr_v3/fib25_codecs.zarr", "zarr_v2/fib25_codecs.zarr")) {
            Path volume = SharedData.require(name);
            try (ChunkCache cache = new ChunkCache(memory.allocator(), 1 << 20)) {
                StoredVolumeOpener opener = new StoredVolumeOpener(memory.allocator(), cache, ReadLimits.DEFAULT);
                assertThatThrownBy(() -> opener.open(volume.toUri()))
                        .isInstanceOf(ServiceException.class)
                        .hasMessageContaining(volume.toString());
            }
        }
    }

    private void check(String key) throws Exception {
        SharedData.ExpectedArray expected = SharedData.expected(key);
        Path folder = SharedData.require(key);
        boolean supported = !expected.sha256().isEmpty()
                && !expected.all().path("note").asText().equals("string type");
        memory.begin(); // dynamic tests have no life cycle of their own
        try (ChunkCache cache = new ChunkCache(memory.allocator(), 1 << 20)) {
            StoredVolumeOpener opener = new StoredVolumeOpener(memory.allocator(), cache, ReadLimits.DEFAULT);
            if (!supported) {
                assertThatThrownBy(() -> opener.open(folder.toUri()))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.UNSUPPORTED))
                        .hasMessageContaining(folder.toString())
                        .satisfies(e -> assertThat(REFUSED).anyMatch(String.valueOf(e.getMessage())::contains));
                return;
            }
            try (VolumeReader volume = opener.open(folder.toUri())) {
                ArrayReader array = volume.levels().get(0);
                assertThat(array.elementType()).isEqualTo(ElementType.parse(expected.dtype()));
                long voxels = expected.shape().stream().reduce(1L, (a, b) -> a * b);
                assertThat(array.extent().voxels()).isEqualTo(voxels);
                assertThat(digestByBox(array)).isEqualTo(expected.sha256());
                assertThat(digestByBlocks(array, new BlockShape(19, 23, 29))).isEqualTo(expected.sha256());
                assertThat(digestByBlocks(array, array.chunkShape())).isEqualTo(expected.sha256());
            }
        } finally {
            memory.end();
        }
    }

    private String digestByBox(ArrayReader array) throws Exception {
        byte[] voxels = new byte
                [Math.toIntExact(array.extent().voxels() * array.elementType().bytes())];
        try (ArrowBuf all = memory.allocator().buffer(voxels.length)) {
            array.readBox(Box.of(array.extent()), all, new Cancellation());
            all.getBytes(0, voxels);
        }
        return digest(voxels);
    }

    private String digestByBlocks(ArrayReader array, BlockShape shape) throws Exception {
        Extent extent = array.extent();
        int bytes = array.elementType().bytes();
        byte[] voxels = new byte[Math.toIntExact(extent.voxels() * bytes)];
        BlockGrid grid = new BlockGrid(extent, shape);
        for (long n = 0; n < grid.size(); n++) {
            Point origin = grid.origin(grid.index(n));
            Box valid = array.validBox(origin, shape);
            try (ArrowBuf block = array.readBlock(origin, shape, memory.allocator(), new Cancellation())) {
                for (long z = valid.start().z(); z < valid.stop().z(); z++) {
                    for (long y = valid.start().y(); y < valid.stop().y(); y++) {
                        long from = ((z - origin.z()) * shape.y() + y - origin.y()) * shape.x();
                        long to = (((origin.t() * extent.c() + origin.c()) * extent.z() + z) * extent.y() + y)
                                        * extent.x()
                                + origin.x();
                        block.getBytes(
                                from * bytes,
                                voxels,
                                (int) to * bytes,
                                (int) valid.extent().x() * bytes);
                    }
                }
            }
        }
        return digest(voxels);
    }

    private static String digest(byte[] voxels) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(voxels));
    }
}
