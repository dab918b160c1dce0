package io.voxelflight.ingestion.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Regions cover the volume once, in whole units where memory allows, and plans stay within the limit they were given. */
class IngestPlannerTest {
    private static final BlockShape CHUNK = new BlockShape(4, 4, 4);

    @Property(tries = 300)
    void regionsCoverTheVolumeOnce(
            @ForAll @IntRange(min = 1, max = 45) int z,
            @ForAll @IntRange(min = 1, max = 45) int y,
            @ForAll @IntRange(min = 1, max = 45) int x,
            @ForAll @IntRange(min = 1, max = 2) int c,
            @ForAll @IntRange(min = 1, max = 9) int coarseness,
            @ForAll @IntRange(min = 1, max = 60) int unit,
            @ForAll @IntRange(min = 6, max = 40) int kibibytes) {
        Extent volume = new Extent(1, c, z, y, x);
        IngestPlan plan = plan(
                volume,
                new VoxelSize(coarseness, 1, 1.5),
                CHUNK,
                new BlockShape(12, 8, 16),
                ElementType.UINT8,
                new BlockShape(1, unit, unit),
                kibibytes << 10,
                2);
        byte[] covered = new byte[(int) volume.voxels()];
        for (long i = 0; i < plan.regions(); i++) {
            Box box = plan.region(i);
            assertThat(box.start().z() % 4 + box.start().y() % 4 + box.start().x() % 4)
                    .isZero();
            for (long cc = box.start().c(); cc < box.stop().c(); cc++) {
                for (long zz = box.start().z(); zz < box.stop().z(); zz++) {
                    for (long yy = box.start().y(); yy < box.stop().y(); yy++) {
                        for (long xx = box.start().x(); xx < box.stop().x(); xx++) {
                            covered[(int) (((cc * z + zz) * y + yy) * x + xx)]++;
                        }
                    }
                }
            }
        }
        assertThat(covered).containsOnly(1);
        assertThat(plan.memoryBytes()).isLessThanOrEqualTo(kibibytes << 10);
    }

    @Property(tries = 300)
    void everyLevelIsHalfOfTheOneBeforeAndTheLastIsOneChunk(
            @ForAll @IntRange(min = 1, max = 5000) int z,
            @ForAll @IntRange(min = 1, max = 5000) int y,
            @ForAll @IntRange(min = 1, max = 5000) int x,
            @ForAll @IntRange(min = 1, max = 100) int coarseness) {
        Pyramid pyramid = Pyramid.of(Extent.zyx(z, y, x), new VoxelSize(coarseness, 1, 1), CHUNK);
        for (int i = 1; i < pyramid.levels().size(); i++) {
            PyramidLevel fine = pyramid.levels().get(i - 1);
            PyramidLevel coarse = pyramid.levels().get(i);
            assertThat(coarse.extent()).isNotEqualTo(fine.extent());
            for (Axis axis : List.of(Axis.Z, Axis.Y, Axis.X)) {
                long length = fine.extent().along(axis);
                assertThat(coarse.extent().along(axis)).isIn(length, (length + 1) / 2);
            }
            assertThat(coarse.extent().z()).isEqualTo((z + (1L << coarse.shiftZ()) - 1) >> coarse.shiftZ());
        }
        Extent last = pyramid.levels().get(pyramid.levels().size() - 1).extent();
        assertThat(Math.max(last.z(), Math.max(last.y(), last.x()))).isLessThanOrEqualTo(4);
    }

    @Test
    void pagesAreReadWhole() {
        IngestPlan plan = plan(
                Extent.zyx(1000, 2048, 2048),
                null,
                BlockShape.DEFAULT,
                new BlockShape(512, 512, 512),
                ElementType.UINT8,
                new BlockShape(1, 2048, 2048),
                4L << 30,
                8);
        assertThat(plan.regionShape()).isEqualTo(new BlockShape(128, 2048, 2048));
    }

    @Test
    void rowsAreReadWhole() {
        IngestPlan plan = plan(
                Extent.zyx(2048, 2048, 2048),
                null,
                BlockShape.DEFAULT,
                new BlockShape(512, 512, 512),
                ElementType.UINT8,
                new BlockShape(1, 1, 2048),
                640L << 20,
                2);
        assertThat(plan.regionShape().x()).isEqualTo(2048);
        assertThat(plan.memoryBytes()).isLessThanOrEqualTo(640L << 20);
    }

    @Test
    void fewerThreadsWhereMemoryForAllIsLacking() {
        IngestPlan plan = plan(
                Extent.zyx(512, 512, 512),
                null,
                BlockShape.DEFAULT,
                new BlockShape(512, 512, 512),
                ElementType.FLOAT64,
                new BlockShape(1, 1, 1),
                640L << 20,
                64);
        assertThat(plan.workers()).isBetween(1, 32);
        assertThat(plan.memoryBytes()).isLessThanOrEqualTo(640L << 20);
    }

    @Test
    void tenMillionChunksArePlannedInBoundedMemory() {
        IngestPlan plan = plan(
                Extent.zyx(27_500, 27_500, 27_500),
                null,
                BlockShape.DEFAULT,
                new BlockShape(512, 512, 512),
                ElementType.UINT8,
                new BlockShape(64, 64, 64),
                640L << 20,
                16);
        assertThat(plan.regions()).isGreaterThan(100_000);
        assertThat(plan.memoryBytes()).isLessThanOrEqualTo(640L << 20);
    }

    private static IngestPlan plan(
            Extent volume,
            @Nullable VoxelSize voxelSize,
            BlockShape chunk,
            BlockShape shard,
            ElementType type,
            BlockShape readUnit,
            long memoryBytes,
            int workers) {
        Pyramid pyramid = Pyramid.of(volume, voxelSize, chunk);
        VolumeSpec spec = new VolumeSpec(
                "planned",
                VolumeKind.IMAGE,
                type,
                List.of(Axis.T, Axis.C, Axis.Z, Axis.Y, Axis.X),
                StorageLayout.sharded(chunk, shard, 3),
                pyramid.levels().stream().map(PyramidLevel::spec).toList(),
                Map.of());
        return IngestPlanner.plan(spec, pyramid, readUnit, memoryBytes, workers);
    }
}
