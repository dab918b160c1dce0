package io.voxelflight.blockio.locate;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Box;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ChunkGridTest {
    @Property(tries = 500)
    void partsCoverTheBoxWithinTheVolumeExactlyOnce(@ForAll long seed) {
        Random random = new Random(seed);
        ChunkGrid grid = new ChunkGrid(extent(random, 7), extent(random, 4));
        Box box = Box.at(
                new Point(place(random), place(random), place(random), place(random), place(random)),
                extent(random, 8));
        List<ChunkGrid.Part> parts = new ArrayList<>();

        grid.visit(box, parts::add);

        Box inside = box.intersection(Box.of(grid.volume()));
        long covered = 0;
        Set<Long> ordinals = new HashSet<>();
        for (ChunkGrid.Part part : parts) {
            assertThat(part.origin()).isEqualTo(grid.origin(part.chunk()));
            assertThat(part.wanted().isEmpty()).isFalse();
            assertThat(Box.at(part.origin(), grid.chunk()).contains(part.wanted()))
                    .isTrue();
            assertThat(inside.contains(part.wanted())).isTrue();
            assertThat(ordinals.add(grid.ordinal(part.chunk()))).isTrue();
            covered += part.wanted().extent().voxels();
        }
        assertThat(covered).isEqualTo(inside.extent().voxels()); // chunks are disjoint, so no voxel is covered twice
    }

    @Property(tries = 200)
    void eachChunkOfAShardHasASlotOfItsOwn(@ForAll long seed) {
        Random random = new Random(seed);
        Extent chunk = extent(random, 3);
        Extent per = extent(random, 3);
        ShardGrid shards = new ShardGrid(
                new Extent(
                        chunk.t() * per.t(),
                        chunk.c() * per.c(),
                        chunk.z() * per.z(),
                        chunk.y() * per.y(),
                        chunk.x() * per.x()),
                chunk,
                List.of(Axis.values()));
        assertThat(shards.slots()).isEqualTo(per.voxels());
        BlockIndex shard = new BlockIndex(1, 0, 2, 0, 1);
        Set<Integer> slots = new HashSet<>();
        new ChunkGrid(per, new Extent(1, 1, 1, 1, 1)).visit(Box.of(per), part -> {
            Point p = part.origin();
            ShardGrid.Place place = shards.place(new BlockIndex(
                    shard.t() * per.t() + p.t(),
                    shard.c() * per.c() + p.c(),
                    shard.z() * per.z() + p.z(),
                    shard.y() * per.y() + p.y(),
                    shard.x() * per.x() + p.x()));
            assertThat(place.shard()).isEqualTo(shard);
            assertThat(place.slot()).isBetween(0, (int) shards.slots() - 1).isEqualTo(slots.size()); // C order
            slots.add(place.slot());
        });
        assertThat(slots).hasSize((int) per.voxels());
    }

    private static Extent extent(Random random, int longest) {
        long[] sides = new long[Axis.values().length];
        for (int i = 0; i < sides.length; i++) {
            sides[i] = 1L + random.nextInt(i < 2 ? Math.min(longest, 3) : longest);
        }
        return new Extent(sides[0], sides[1], sides[2], sides[3], sides[4]);
    }

    private static long place(Random random) {
        return random.nextInt(12) - 4L;
    }
}
