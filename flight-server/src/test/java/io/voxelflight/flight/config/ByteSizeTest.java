package io.voxelflight.flight.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ServiceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "4096,4096",
        "512MiB,536870912",
        "2GiB,2147483648",
        "1GB,1000000000",
        "1.5k,1536",
        "10 kB,10000",
        "1g,1073741824"
    })
    void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GiB", "-1", "1.2.3G", "12 parsecs", "99999999999999T"})
    void whatIsNoSizeIsRefusedNamingIt(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void sizesAreShownWithThreeDigits() {
        assertThat(new ByteSize(512)).hasToString("512 B");
        assertThat(new ByteSize(1536)).hasToString("1.50 KiB");
        assertThat(new ByteSize(536870912)).hasToString("512 MiB");
    }
}
