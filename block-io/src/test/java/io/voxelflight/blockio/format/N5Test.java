package io.voxelflight.blockio.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class N5Test {
    private static final String GZIP = "{\"type\": \"gzip\", \"level\": -1}";

    private static String dataset(String sizes, String more) {
        return "{\"dimensions\": [" + sizes + "], \"blockSize\": [64, 32, 16], \"dataType\": \"uint16\","
                + " \"compression\": " + GZIP + more + "}";
    }

    private static VolumeMetadata one(MapDocuments documents) {
        return ((StoredVolume.One) N5.volume(documents, null).orElseThrow()).metadata();
    }

    @Test
    void dimensionsAreCountedFromTheFastest() {
        VolumeMetadata volume = one(new MapDocuments().with("attributes.json", dataset("80, 70, 60", "")));
        ArrayMetadata array = volume.levels().get(0).array();
        assertThat(array.extent()).isEqualTo(Extent.zyx(60, 70, 80));
        assertThat(array.chunk()).isEqualTo(Extent.zyx(16, 32, 64));
        assertThat(array.elementType()).isEqualTo(ElementType.UINT16);
        assertThat(array.keys()).isEqualTo(new KeyEncoding.Indices("", '/', List.of(Axis.X, Axis.Y, Axis.Z)));
        assertThat(array.codecs())
                .containsExactly(new CodecSpec.Bytes(true), new CodecSpec.Gzip(-1), new CodecSpec.N5Header());
        assertThat(volume.levels().get(0).voxelSize()).isNull();
    }

    @Test
    void namedAxesAreInItsOwnOrderAndOverridesSlowestFirst() {
        String fiveD = "{\"dimensions\": [6, 5, 4, 3, 2], \"blockSize\": [6, 5, 1, 3, 1], \"dataType\": \"float32\","
                + " \"compression\": {\"type\": \"raw\"}, \"axes\": [\"x\", \"y\", \"c\", \"z\", \"t\"]}";
        MapDocuments documents = new MapDocuments().with("attributes.json", fiveD);
        ArrayMetadata array = one(documents).levels().get(0).array();
        assertThat(array.axes()).containsExactly(Axis.T, Axis.Z, Axis.C, Axis.Y, Axis.X);
        assertThat(array.extent()).isEqualTo(new Extent(2, 4, 3, 5, 6));
        assertThat(one(documents).axes()).containsExactly(Axis.T, Axis.C, Axis.Z, Axis.Y, Axis.X);

        List<Axis> override = List.of(Axis.C, Axis.T, Axis.Z, Axis.Y, Axis.X);
        StoredVolume.One chosen =
                (StoredVolume.One) N5.volume(documents, override).orElseThrow();
        assertThat(chosen.metadata().levels().get(0).array().extent()).isEqualTo(new Extent(3, 2, 4, 5, 6));
        assertThatThrownBy(() -> N5.volume(documents, List.of(Axis.Y, Axis.X)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("has 5 dimensions, the axes 'yx' name 2");
    }

    @Test
    void n5ViewerGroupsHaveLevels() {
        VolumeMetadata volume = one(new MapDocuments()
                .with(
                        "attributes.json",
                        "{\"pixelResolution\": {\"dimensions\": [0.1, 0.2, 0.4], \"unit\": \"um\"},"
                                + " \"scales\": [[1, 1, 1], [2, 2, 1]]}")
                .with("s0/attributes.json", dataset("80, 70, 60", ""))
                .with("s1/attributes.json", dataset("40, 35, 60", "")));
        assertThat(volume.format()).isEqualTo("N5 multiscale");
        assertThat(volume.levels())
                .extracting(VolumeMetadata.LevelMetadata::path)
                .containsExactly("s0", "s1");
        assertThat(volume.levels())
                .extracting(VolumeMetadata.LevelMetadata::voxelSize)
                .containsExactly(new VoxelSize(400, 200, 100), new VoxelSize(400, 400, 200));
        assertThat(volume.attributes().path("pixelResolution").path("unit").asText())
                .isEqualTo("um");
    }

    @Test
    void bigDataViewerMarksEachLevelAndWritesComments() {
        VolumeMetadata volume = one(new MapDocuments()
                .with("attributes.json", "// BigDataViewer\n{\"multiScale\": true}")
                .with(
                        "s0/attributes.json",
                        dataset(
                                "80, 70, 60",
                                ", \"downsamplingFactors\": [1, 1, 1], \"resolution\": [1, 2, 3], \"units\": [\"nm\","
                                        + " \"nm\", \"nm\"]"))
                .with("s1/attributes.json", dataset("20, 35, 60", ", \"downsamplingFactors\": [4, 2, 1]")));
        assertThat(volume.levels())
                .extracting(VolumeMetadata.LevelMetadata::voxelSize)
                .containsExactly(new VoxelSize(3, 2, 1), new VoxelSize(3, 4, 4));
    }

    @Test
    void openOrganelleNamesLevelsAndTransforms() {
        String transform = "\"transform\": {\"axes\": [\"z\", \"y\", \"x\"], \"units\": [\"nm\", \"nm\", \"nm\"],"
                + " \"scale\": [%s], \"translate\": [%s]}";
        VolumeMetadata volume = one(new MapDocuments()
                .with(
                        "attributes.json",
                        "{\"multiscales\": [{\"datasets\": [{\"path\": \"s0\", "
                                + transform.formatted("3.24, 4, 4", "0, 0, 0") + "}, {\"path\": \"s2\", "
                                + transform.formatted("12.96, 16, 16", "4.86, 6, 6") + "}]}]}")
                .with("s0/attributes.json", dataset("80, 70, 60", ""))
                .with("s2/attributes.json", dataset("20, 17, 15", "")));
        assertThat(volume.levels())
                .extracting(VolumeMetadata.LevelMetadata::path)
                .containsExactly("s0", "s2");
        assertThat(volume.levels().get(1).voxelSize()).isEqualTo(new VoxelSize(12.96, 16, 16));
        assertThat(volume.levels().get(1).translation()).isEqualTo(new VolumeMetadata.Translation(4.86, 6, 6));
    }

    @Test
    void aContainerListsItsDatasets() {
        MapDocuments documents = new MapDocuments()
                .with("attributes.json", "{\"n5\": \"2.5.1\"}")
                .with("setup0/attributes.json", "{\"downsamplingFactors\": [[1, 1, 1]]}")
                .with("setup0/timepoint0/s0/attributes.json", dataset("80, 70, 60", ""))
                .with("setup0/timepoint1/s0/attributes.json", dataset("80, 70, 60", ""))
                .with("labels/attributes.json", dataset("80, 70, 60", ", \"maxId\": 7"));
        assertThat(N5.volume(documents, null))
                .contains(new StoredVolume.Many(
                        "N5 container", List.of("labels", "setup0/timepoint0", "setup0/timepoint1")));
    }

    @Test
    void labelsAreKnownByTheirLargest() {
        VolumeMetadata labels =
                one(new MapDocuments().with("attributes.json", dataset("80, 70, 60", ", \"maxId\": 7")));
        assertThat(labels.kind()).isEqualTo(VolumeKind.LABELS);
    }

    @Test
    void nothingOfN5IsNothing() {
        assertThat(N5.volume(new MapDocuments().with("info", "{}"), null)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"compression\": {\"type\": \"jpeg\"}|the compression 'jpeg', which is not supported",
                "\"dataType\": \"string\"|the data type \"string\"",
                "\"dataType\": \"bool\"|the data type \"bool\"",
                "\"isLabelMultiset\": true|label multisets",
                "\"blockSize\": [64, 64]|3 dimensions and blocks of 2",
                "\"blockSize\": [64, 0, 64]|'blockSize' of [64,0,64]",
                "\"dimensions\": [1, 2, -3]|'dimensions' of [1,2,-3]",
                "\"dimensions\": [1, 2, 1e400]|'dimensions'",
                "\"dimensions\": [281474976710656, 281474976710656, 281474976710656]|impossible size",
                "\"dimensions\": []|0 dimensions",
                "\"n5\": \"5.0.0\"|N5 of version 5.0.0"
            })
    void whatItDoesNotUnderstandIsRefusedByName(String field, String message) {
        String text = dataset("80, 70, 60", ", " + field); // of a field that comes twice the last counts
        assertThatThrownBy(() -> one(new MapDocuments().with("attributes.json", text)))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("place/attributes.json")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "other type"})
    void levelsThatContradictAreRefused(String how) {
        MapDocuments documents = new MapDocuments()
                .with("attributes.json", "{\"scales\": [[1, 1, 1], [2, 2, 2]]}")
                .with("s0/attributes.json", dataset("80, 70, 60", ""));
        if (how.equals("other type")) {
            documents.with("s1/attributes.json", dataset("40, 35, 30", ", \"dataType\": \"uint8\""));
        }
        assertThatThrownBy(() -> one(documents))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining(how.equals("missing") ? "lists 2 scale levels, 1 are there" : "uint8 voxels");
    }
}
