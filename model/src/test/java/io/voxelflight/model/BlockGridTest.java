package io.voxelflight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BlockGridTest {
    @Property(tries = 200)
    void blocksCoverTheVolumeExactlyOnce(
            @ForAll @IntRange(min = 1, max = 2) int t,
            @ForAll @IntRange(min = 1, max = 2) int c,
            @ForAll @IntRange(min = 1, max = 9) int z,
            @ForAll @IntRange(min = 1, max = 9) int y,
            @ForAll @IntRange(min = 1, max = 9) int x,
            @ForAll @IntRange(min = 1, max = 4) int side,
            @ForAll @IntRange(min = 1, max = 4) int width) {
        BlockGrid grid = new BlockGrid(new Extent(t, c, z, y, x), new BlockShape(side, side, width));
        long covered = 0;
        Box last = null;
        for (long n = 0; n < grid.size(); n++) {
            BlockIndex index = grid.index(n);
            assertThat(grid.ordinal(index)).isEqualTo(n);
            assertThat(grid.at(grid.origin(index))).isEqualTo(index);
            Box box = grid.validBox(index);
            assertThat(box.isEmpty()).isFalse();
            if (last != null) {
                assertThat(last.intersection(box).isEmpty()).isTrue();
            }
            covered += box.extent().voxels();
            last = box;
        }
        assertThat(covered).isEqualTo(grid.volume().voxels());
    }

    @Test
    void aBlockThatIsNotThereIsRefused() {
        BlockGrid grid = new BlockGrid(Extent.zyx(260, 330, 300), BlockShape.DEFAULT);

        assertThat(grid.size()).isEqualTo(27);
        assertThatThrownBy(() -> grid.index(27)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
