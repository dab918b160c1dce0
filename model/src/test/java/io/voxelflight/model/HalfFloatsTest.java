package io.voxelflight.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

class HalfFloatsTest {
    @Test
    void everyHalfSurvivesTheWayThroughFloat() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            short half = (short) bits;
            float value = HalfFloats.toFloat(half);
            if (Float.isNaN(value)) {
                assertThat(HalfFloats.toFloat(HalfFloats.fromFloat(value))).isNaN();
            } else {
                assertThat(HalfFloats.fromFloat(value)).as("%04x", bits).isEqualTo(half);
            }
        }
    }

    @Test
    void knownValues() {
        assertThat(HalfFloats.toFloat((short) 0x3c00)).isEqualTo(1f);
        assertThat(HalfFloats.toFloat((short) 0xc000)).isEqualTo(-2f);
        assertThat(HalfFloats.toFloat((short) 0x7bff)).isEqualTo(65504f);
        assertThat(HalfFloats.toFloat((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(HalfFloats.toFloat((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(HalfFloats.fromFloat(1e9f)).isEqualTo((short) 0x7c00);
        assertThat(HalfFloats.fromFloat(1 + 0x1p-11f)).as("a tie goes to even").isEqualTo((short) 0x3c00);
        assertThat(HalfFloats.fromFloat(1 + 3 * 0x1p-11f))
                .as("a tie goes to even")
                .isEqualTo((short) 0x3c02);
    }

    @Property
    void noHalfIsNearerThanTheOneChosen(@ForAll @FloatRange(min = -65000f, max = 65000f) float value) {
        short chosen = HalfFloats.fromFloat(value);
        double distance = Math.abs((double) HalfFloats.toFloat(chosen) - value);
        for (int step : new int[] {-1, 1}) {
            double other = Math.abs((double) HalfFloats.toFloat((short) (chosen + step)) - value);
            assertThat(Double.isNaN(other) || other >= distance).isTrue();
        }
    }
}
