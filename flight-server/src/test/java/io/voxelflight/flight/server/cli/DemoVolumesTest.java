package io.voxelflight.flight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoVolumesTest {
    @ParameterizedTest
    @CsvSource({
        "/a/validation_A.h5,validation_A",
        "/a/head.nii.gz,head",
        "/a/cells.ome.tif,cells",
        "/a/my scan (2).tiff,my-scan--2-",
        "/a/slices,slices",
        "/a/v1.2,v1",
        "/a/_hidden.npy,hidden",
        "/a/,a",
    })
    void aFileNamesItsDatasetWithLettersThatADatasetMayHave(String file, String name) {
        assertThat(DemoVolumes.of(Path.of(file), null)
                        .volumes()
                        .get(0)
                        .settings()
                        .name()
                        .value())
                .isEqualTo(name);
    }
}
