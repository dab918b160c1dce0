package io.voxelflight.ingestion.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.voxelflight.ingestion.source.array.ChunkedVolume;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import io.voxelflight.testkit.AllocatorExtension;
import io.voxelflight.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HDF5: what an attribute says, what is damaged, and how often a chunk is decompressed. */
class Hdf5Test {
    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    @Test
    void manyThreadsDecompressEachChunkOnce() throws Exception {
        Path path = SharedData.require("fib25/validation_A.h5");
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
            byte[] all = Reading.all(source, memory.allocator());
            long once = ((ChunkedVolume) source).decodedUnits();
            assertThat(once).isEqualTo(5 * 6 * 5);
            List<Future<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                // boxes that cut every chunk, so that none is spent by its first reader
                tasks.add(threads.submit(() -> Reading.assertBoxesMatch(source, all, memory.allocator(), 3)));
            }
            for (Future<?> task : tasks) {
                task.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @Timeout(60)
    void aCacheOfOneChunkIsEnough() {
        Path path = SharedData.require("hdf5/idr_dapi_crop_u16.h5");
        SharedData.ExpectedArray expected = SharedData.expected("hdf5/idr_dapi_crop_u16.h5:/exported_data");
        try (VolumeSource source = Sources.open(path, new SourceOptions(null, null, folder, 1))) {
            byte[] all = Reading.all(source, memory.allocator());
            assertThat(Reading.sha256(all)).isEqualTo(expected.sha256());
            List<Thread> readers = new ArrayList<>();
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 4; i++) {
                Thread reader = new Thread(() -> Reading.assertBoxesMatch(source, all, memory.allocator(), 10));
                reader.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
                readers.add(reader);
                reader.start();
            }
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(failures).isEmpty();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdf5/gala_test-image.h5", "hdf5/gala_test-gt.lzf.h5", "hdf5/idr_dapi_crop_u16.h5"})
    void aTruncatedFileIsRefusedWhenOpened(String name) throws IOException {
        byte[] whole = Files.readAllBytes(SharedData.require(name));
        Path path = folder.resolve("volume.h5");
        for (int percent = 5; percent < 100; percent += 5) {
            int length = (int) ((long) whole.length * percent / 100);
            Files.write(path, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Sources.open(path, Reading.options(folder)).close())
                    .as("%d %%", percent)
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA))
                    .hasMessageContaining(path.toString())
                    .hasMessageNotContaining("\n");
        }
        Files.write(path, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> Sources.open(path, Reading.options(folder)).close())
                .hasMessageContainingAll(String.valueOf(whole.length), String.valueOf(whole.length - 1), "truncated");
    }

    /** Bytes of chunks with a checksum are flipped: never other voxels than before, the chunk is named. */
    @Test
    void aFlippedByteOfAChecksummedChunkIsFound() throws IOException {
        byte[] whole = Files.readAllBytes(SharedData.require("hdf5/idr_dapi_crop_u16.h5"));
        Path path = folder.resolve("volume.h5");
        Files.write(path, whole);
        byte[] right;
        try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
            right = Reading.all(source, memory.allocator());
        }
        int found = 0;
        for (int at = 20_000; at < whole.length; at += 9_973) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x20;
            Files.write(path, damaged);
            try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
                assertThat(Reading.all(source, memory.allocator())).isEqualTo(right);
            } catch (ServiceException e) {
                found++;
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA);
                assertThat(e.line()).contains("chunk [", "/exported_data", path.toString());
            }
        }
        assertThat(found).isGreaterThan(30);
    }

    /** No byte of the headers and indexes, whatever it becomes, leads to anything but an answer or a clear error. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "hdf5/gala_test-gt.lzf.h5",
                "hdf5/jhdf_test_chunked_datasets_latest.hdf5",
                "hdf5/jhdf_test_chunked_datasets_earliest.hdf5",
            })
    @Timeout(120)
    void damagedHeadersGiveErrors(String name) throws IOException {
        byte[] whole = Files.readAllBytes(SharedData.require(name));
        Path path = folder.resolve("volume.h5");
        String dataset = name.contains("gala") ? "/stack" : "/int/int16";
        for (int at = 0; at < Math.min(whole.length, 6_000); at += 31) {
            byte[] damaged = whole.clone();
            damaged[at] = (byte) (at % 2 == 0 ? 0xff : damaged[at] ^ 0x41);
            Files.write(path, damaged);
            try (VolumeSource source = Sources.open(path, Reading.dataset(folder, dataset))) {
                Extent extent = source.description().extent();
                if (extent.voxels() < 10_000_000) {
                    Reading.all(source, memory.allocator());
                }
            } catch (ServiceException e) {
                assertThat(e.code()).isNotEqualTo(ErrorCode.INTERNAL);
                assertThat(e.line()).doesNotContain("\n");
            }
        }
    }

    @Test
    void attributesSayTheVoxelSizeAndTheAxes() {
        Path path = folder.resolve("volume.h5");
        short[][][][] voxels = new short[2][3][4][5];
        for (int i = 0; i < 120; i++) {
            voxels[i / 60][i / 20 % 3][i / 5 % 4][i % 5] = (short) i;
        }
        try (WritableHdfFile file = HdfFile.write(path)) {
            var dataset = file.putDataset("volume", voxels);
            dataset.putAttribute("element_size_um", new double[] {0.2, 0.05, 0.04});
            dataset.putAttribute(
                    "axistags", "{\"axes\": [{\"key\": \"z\"}, {\"key\": \"y\"}, {\"key\": \"x\"}, {\"key\": \"c\"}]}");
            dataset.putAttribute("operator", new String[] {"a person"});
        }
        try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
            SourceDescription description = source.description();
            assertThat(description.extent()).isEqualTo(new Extent(1, 5, 2, 3, 4));
            assertThat(description.voxelSize()).isEqualTo(new VoxelSize(200, 50, 40));
            assertThat(description.metadata().path("voxel_size_from").asText()).isEqualTo("element_size_um");
            assertThat(description
                            .metadata()
                            .path("attributes")
                            .path("operator")
                            .toString())
                    .contains("a person");
            byte[] all = Reading.all(source, memory.allocator());
            for (int c = 0; c < 5; c++) {
                for (int i = 0; i < 24; i++) {
                    assertThat(all[(c * 24 + i) * 2]).isEqualTo((byte) (i * 5 + c));
                }
            }
            Reading.assertBoxesMatch(source, all, memory.allocator(), 20);
        }
        try (VolumeSource source = Sources.open(path, Reading.axes(folder, "TZYX"))) {
            assertThat(source.description().extent()).isEqualTo(new Extent(2, 1, 3, 4, 5));
        }
    }
}
