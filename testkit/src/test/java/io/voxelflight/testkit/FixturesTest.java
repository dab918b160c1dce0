package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

@Timeout(60)
class FixturesTest {
    @Test
    void sampleDataIsFoundWithWhatIsKnownOfIt() {
        assertThat(Files.isRegularFile(SharedData.require("fib25/validation_A.h5")))
                .isTrue();
        SharedData.ExpectedArray expected = SharedData.expected("fib25/validation_A.h5:/raw");
        assertThat(expected.shape()).isEqualTo(List.of(260L, 330L, 300L));
        assertThat(expected.dtype()).isEqualTo("uint8");
        assertThat(expected.sha256()).hasSize(64);
    }

    @Test
    void aTestWithoutItsDataIsSkippedAndAWrongKeyIsAMistake() {
        assertThatThrownBy(() -> SharedData.require("no such file"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("VOXELFLIGHT_DATA");
        SharedData.require("expected.json");
        assertThatThrownBy(() -> SharedData.expected("nothing")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLeakFailsTheTestThatMadeIt() {
        AllocatorExtension extension = new AllocatorExtension();
        extension.begin();
        ArrowBuf leaked = extension.allocator().buffer(1000);
        assertThatThrownBy(extension::end).isInstanceOf(AssertionError.class).hasMessageContaining("1024 bytes");
        assertThat(leaked.refCnt()).isEqualTo(1); // and cannot be closed any more: its allocator is gone

        extension.begin();
        extension.allocator().buffer(1000).close();
        extension.end();
    }

    @Test
    void theDatabaseIsOneAndAnswers() {
        assertThat(TestDatabase.shared().whyNotReady()).isEmpty();
        assertThat(TestDatabase.shared()).isSameAs(TestDatabase.shared());
    }
}
