package io.voxelflight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class BoxTest {
    @Property
    void intersectionHoldsExactlyTheSharedVoxels(
            @ForAll("boxes") Box a, @ForAll("boxes") Box b, @ForAll("points") Point point) {
        boolean inBoth = holds(a, point) && holds(b, point);

        assertThat(holds(a.intersection(b), point)).isEqualTo(inBoth);
        assertThat(holds(b.intersection(a), point)).isEqualTo(inBoth);
    }

    @Property
    void aBoxContainsItsIntersections(@ForAll("boxes") Box a, @ForAll("boxes") Box b) {
        assertThat(a.contains(a.intersection(b))).isTrue();
        assertThat(a.contains(b)).isEqualTo(b.isEmpty() || a.intersection(b).equals(b));
    }

    @Test
    void aBoxThatEndsBeforeItStartsIsRefusedNamingTheAxis() {
        assertThatThrownBy(() -> new Box(Point.zyx(0, 5, 0), Point.zyx(1, 4, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("axis y");
    }

    @Test
    void coordinatesThatLeaveTheRangeAreAnErrorNotAnotherPlace() {
        assertThatThrownBy(() -> Box.at(Point.zyx(Long.MAX_VALUE, 0, 0), BlockShape.DEFAULT))
                .isInstanceOf(ArithmeticException.class);
    }

    @Provide
    Arbitrary<Box> boxes() {
        Arbitrary<Long> lengths = Arbitraries.longs().between(0, 6);
        return Combinators.combine(points(), lengths, lengths, lengths, lengths, lengths)
                .as((start, t, c, z, y, x) -> Box.at(start, new Extent(t, c, z, y, x)));
    }

    @Provide
    Arbitrary<Point> points() {
        Arbitrary<Long> places = Arbitraries.longs().between(-4, 4);
        return Combinators.combine(places, places, places, places, places).as(Point::new);
    }

    private static boolean holds(Box box, Point point) {
        for (Axis axis : Axis.values()) {
            if (point.along(axis) < box.start().along(axis)
                    || point.along(axis) >= box.stop().along(axis)) {
                return false;
            }
        }
        return true;
    }
}
