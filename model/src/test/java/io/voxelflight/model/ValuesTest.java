package io.voxelflight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @ParameterizedTest
    @ValueSource(strings = {"fib25", "a", "FIB-25_v1.2", "0"})
    void datasetNamesOfTheFieldAreAllowed(String name) {
        assertThat(new DatasetName(name).toString()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", ".hidden", "-x", "a/b", "a b", "ä", "a\n", "a;drop"})
    void otherNamesAreRefusedWithTheRule(String name) {
        assertThatThrownBy(() -> new DatasetName(name))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("letters, digits");
    }

    @Test
    void aNameMayHave128Letters() {
        assertThat(new DatasetName("a".repeat(128)).value()).hasSize(128);
        assertThatThrownBy(() -> new DatasetName("a".repeat(129))).isInstanceOf(ServiceException.class);
    }

    @ParameterizedTest
    @EnumSource
    void elementTypesAreFoundByTheirNumpyName(ElementType type) {
        assertThat(ElementType.parse(type.numpyName())).isEqualTo(type);
        assertThat(type.bytes() * 8).isEqualTo(Integer.parseInt(type.numpyName().replaceAll("\\D", "")));
    }

    @Test
    void booleansAreReadAsUint8AndComplexNumbersRefused() {
        assertThat(ElementType.parse("bool")).isEqualTo(ElementType.UINT8);
        assertThatThrownBy(() -> ElementType.parse("complex64")).hasMessageContaining("'complex64'");
    }

    @Test
    void sizesThatOverflowAreRefused() {
        assertThatThrownBy(() -> Extent.zyx(1L << 32, 1L << 32, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BlockShape(2048, 2048, 2048)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new VoxelSize(10, 0, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new VoxelSize(10, Double.NaN, 10)).isInstanceOf(IllegalArgumentException.class);
    }
}
