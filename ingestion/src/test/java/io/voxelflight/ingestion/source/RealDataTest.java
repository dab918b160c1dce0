package io.voxelflight.ingestion.source;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import io.voxelflight.testkit.AllocatorExtension;
import io.voxelflight.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real microscope files give the voxels that NumPy found in them. */
class RealDataTest {
    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "fib25/validation_A.h5, /raw",
        "hdf5/gala_test-image.h5, /stack",
        "hdf5/gala_test-gt.lzf.h5, /stack",
        "hdf5/idr_dapi_crop_u16.h5, /exported_data",
        "hdf5/tooth.h5, /exchange/data",
    })
    void hdf5(String name, String dataset) {
        Path path = SharedData.require(name);
        assertExpected(path, Reading.dataset(folder, dataset), SharedData.expected(name + ":" + dataset));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiff/mitosis_tzcyx_u16_imagej_bigendian.tif",
                "tiff/mri_stack_zyx_u8_imagej.tif",
                "tiff/stardist_img3d_u16_deflate.tif",
                "tiff/stardist_mask3d_u16_deflate.tif",
                "tiff/platynereis_gt_i32_deflate.tif",
                "tiff/Stack-1.tif",
                "tiff/Stack-2.tif",
                "tiff/fib25_crop_tiled_deflate_multipage.tif",
                "tiff/idr_dapi_crop_u16_bigtiff.tif",
            })
    void tiff(String name) {
        assertExpected(SharedData.require(name), Reading.options(folder), SharedData.expected(name));
    }

    @Test
    void aFolderOfSlices() {
        assertExpected(
                SharedData.require("fib25/training2_tiff"),
                Reading.options(folder),
                SharedData.expected("fib25/training2_tiff/"));
    }

    @Test
    void imageJsVoxelSizeAndChannelsAreRead() {
        try (VolumeSource source = Sources.open(
                SharedData.require("tiff/mitosis_tzcyx_u16_imagej_bigendian.tif"), Reading.options(folder))) {
            SourceDescription description = source.description();
            assertThat(description.extent()).isEqualTo(new Extent(3, 2, 5, 196, 171));
            assertThat(description.axes()).containsExactly(Axis.values());
            VoxelSize size = requireNonNull(description.voxelSize());
            assertThat(size.z()).isEqualTo(1000);
            assertThat(size.x()).isCloseTo(88.5, within(1e-5));
        }
    }

    @Test
    void contiguousLabels() throws Exception {
        Path path = folder.resolve("groundtruth.h5");
        try (InputStream in =
                new GZIPInputStream(Files.newInputStream(SharedData.require("fib25/training2_groundtruth.h5.gz")))) {
            Files.copy(in, path);
        }
        assertExpected(
                path,
                Reading.options(folder), // transforms is 2-D: stack is the only volume
                SharedData.expected("fib25/training2_groundtruth.h5.gz:/stack (gunzip first)"));
    }

    @Test
    void theVoxelSizeOfFib25IsRead() {
        try (VolumeSource source = Sources.open(SharedData.require("fib25/validation_A.h5"), Reading.options(folder))) {
            assertThat(source.description().voxelSize()).isEqualTo(new VoxelSize(10, 10, 10));
            assertThat(source.description().readUnit()).hasToString("64x64x64");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"btree_v2", "extensible_array", "filtered_btree_v2", "filtered_extensible_array"})
    void chunkIndexesOfNewerFiles(String index) {
        Path path = SharedData.require("hdf5/jhdf_chunked_v4_datasets.hdf5");
        try (VolumeSource source = Sources.open(path, Reading.dataset(folder, "/" + index + "/large_int16"))) {
            byte[] all = Reading.all(source, memory.allocator());
            assertThat(all).hasSize(200 * 5 * 10 * 2);
            for (int i = 0; i < all.length / 2; i++) { // the voxels count 0, 1, 2 ...
                assertThat((all[2 * i] & 0xff) | all[2 * i + 1] << 8).isEqualTo(i);
            }
            Reading.assertBoxesMatch(source, all, memory.allocator(), 5);
        }
    }

    @Test
    void whichOfManyVolumesMustBeSaid() {
        assertThatThrownBy(() -> Sources.open(SharedData.require("hdf5/tooth.h5"), Reading.options(folder)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContainingAll(
                        "3 volumes", "--dataset", "/exchange/data (181x2x640 float32)", "/exchange/data_dark");
        assertThatThrownBy(() -> Sources.open(SharedData.require("hdf5/tooth.h5"), Reading.dataset(folder, "/nothing")))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContainingAll("/nothing", "/exchange/data_dark");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mrc/EMD-3197.map | MRC",
                "dm/stem_image_u32.dm3 | DigitalMicrograph",
                "dm/fib25_crop_u8_3d.dm4 | DigitalMicrograph",
                "n5/fib25_codecs.n5 | N5",
                "zarr_v3/fib25_codecs.zarr | Zarr",
                "ome-zarr/fib25_v05_sharded.ome.zarr | Zarr",
                "precomputed/fib25_raw | precomputed",
                "fib25/training2_groundtruth.h5.gz | gzip",
                "DATA.md | no known format",
                "tiff/D75_08b_tiled.tiff | RGB",
                "tiff/D75_08b_lzw.tiff | RGB",
                "hdf5/jhdf_test_compressed_chunked_datasets_earliest.hdf5 | /float/float32 (7x5 float32)",
            })
    void whatIsNotSupportedIsRefusedByName(String name, String said) {
        assertThatThrownBy(() -> Sources.open(SharedData.require(name), Reading.options(folder)))
                .isInstanceOf(ServiceException.class)
                .hasMessageContainingAll(said, name)
                .hasMessageNotContaining("\n");
    }

    private void assertExpected(Path path, SourceOptions options, SharedData.ExpectedArray expected) {
        try (VolumeSource source = Sources.open(path, options)) {
            assertThat(source.description().elementType().numpyName()).isEqualTo(expected.dtype());
            if (Files.isRegularFile(path)) {
                assertThat(source.description().sourceBytes()).isEqualTo(Files.size(path));
            }
            byte[] all = Reading.all(source, memory.allocator());
            assertThat(Reading.sha256(Reading.inOrder(all, source.description(), expected.axes())))
                    .isEqualTo(expected.sha256());
            Reading.assertBoxesMatch(source, all, memory.allocator(), 12);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
