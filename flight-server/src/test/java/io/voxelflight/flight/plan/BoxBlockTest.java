package io.voxelflight.flight.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Point;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BoxBlockTest {
    @Test
    void aBoxOfWholeChunksIsCutAlongThem() {
        assertThat(choose(128, 256, 384, 128 + 512, 256 + 512, 384 + 512, 1)).isEqualTo(BlockShape.DEFAULT);
        assertThat(choose(0, 0, 0, 1250, 1000, 1000, 4)).isEqualTo(BlockShape.DEFAULT);
    }

    @Test
    void anyOtherIsCutIntoEqualPieces() {
        assertThat(choose(0, 0, 0, 300, 300, 300, 1)).isEqualTo(new BlockShape(100, 100, 100));
        assertThat(choose(5, 5, 5, 261, 261, 261, 1)).isEqualTo(BlockShape.DEFAULT);
    }

    @Test
    void aSmallBoxIsOneBlock() {
        assertThat(choose(7, 8, 9, 57, 108, 209, 2)).isEqualTo(new BlockShape(50, 100, 200));
    }

    @Test
    void aThinBoxGetsLongPieces() {
        BlockShape plane = choose(10, 0, 0, 11, 4000, 4000, 1);
        assertThat(plane).isEqualTo(new BlockShape(1, 500, 500));
        assertThat(choose(0, 0, 0, 20000, 1, 1, 1)).isEqualTo(new BlockShape(500, 1, 1));
    }

    @Property(tries = 300)
    void thePiecesCoverTheBoxExactlyOnce(@ForAll long seed) {
        Random random = new Random(seed);
        Point start = new Point(
                random.nextInt(3), random.nextInt(3), random.nextInt(40), random.nextInt(40), random.nextInt(40));
        Box box = new Box(
                start,
                start.plus(new Point(
                        1 + random.nextInt(2),
                        1 + random.nextInt(2),
                        1 + random.nextInt(14),
                        1 + random.nextInt(14),
                        1 + random.nextInt(14))));
        BlockShape block = new BlockShape(1 + random.nextInt(6), 1 + random.nextInt(6), 1 + random.nextInt(6));
        long blocks = RangeOfGrid.blocks(box, block);
        Set<Point> seen = new HashSet<>();
        long half = blocks / 2; // in two parts, as endpoints have it
        for (BlockSequence part : new BlockSequence[] {
            new RangeOfGrid(box, block, 0, half), new RangeOfGrid(box, block, half, blocks - half)
        }) {
            for (long i = 0; i < part.size(); i++) {
                PlannedBlock piece = part.at(i);
                for (int z = 0; z < piece.validZ(); z++) {
                    for (int y = 0; y < piece.validY(); y++) {
                        for (int x = 0; x < piece.validX(); x++) {
                            assertThat(seen.add(piece.origin().plus(Point.zyx(z, y, x))))
                                    .isTrue();
                        }
                    }
                }
            }
        }
        assertThat(seen).hasSize((int) box.extent().voxels());
        assertThat(seen).allMatch(p -> box.contains(Box.at(p, new BlockShape(1, 1, 1))));
    }

    private static BlockShape choose(long z0, long y0, long x0, long z1, long y1, long x1, int bytes) {
        return BoxBlock.choose(new Box(Point.zyx(z0, y0, x0), new Point(1, 1, z1, y1, x1)), BlockShape.DEFAULT, bytes);
    }
}
