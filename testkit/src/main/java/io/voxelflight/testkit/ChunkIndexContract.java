package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.catalog.api.ChunkIndex;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.VolumeKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link ChunkIndex} does with rows that a {@link DatasetPublisher} of the same catalog has published. */
@Timeout(60)
public abstract class ChunkIndexContract {
    private static final Extent EXTENT = new Extent(2, 3, 40, 50, 60);
    private static final BlockShape CHUNK = new BlockShape(16, 16, 32);
    private static final Box ALL = Box.of(EXTENT);

    protected abstract DatasetPublisher publisher();

    protected abstract ChunkIndex index();

    @Test
    void theRowsOfABoxAreThoseThatShareAVoxelWithIt() {
        Dataset dataset = dataset();
        List<ChunkRow> rows = rows();
        publisher().publish(dataset, List.of(), rows.iterator());

        assertThat(read(dataset.id(), 0, ALL)).containsExactlyInAnyOrderElementsOf(rows);
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            Box box = box(random);
            assertThat(read(dataset.id(), 0, box))
                    .as("%s", box)
                    .containsExactlyInAnyOrderElementsOf(rows.stream()
                            .filter(row -> !boxOf(row).intersection(box).isEmpty())
                            .toList());
        }
        assertThat(read(dataset.id(), 1, ALL)).as("another level").isEmpty();
        assertThat(read(UUID.randomUUID(), 0, ALL)).as("another dataset").isEmpty();
    }

    @Test
    void whoHasSeenEnoughMayThrow() {
        Dataset dataset = dataset();
        publisher().publish(dataset, List.of(), rows().iterator());
        for (int i = 0; i < 20; i++) { // more often than there are connections
            assertThatThrownBy(() -> index().chunks(dataset.id(), 0, ALL, row -> {
                        throw new IllegalStateException("enough");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("enough");
        }
        assertThat(read(dataset.id(), 0, ALL)).hasSize(rows().size());
    }

    private List<ChunkRow> read(UUID dataset, int level, Box box) {
        List<ChunkRow> read = new ArrayList<>();
        index().chunks(dataset, level, box, read::add);
        return read;
    }

    private static Box boxOf(ChunkRow row) {
        return Box.at(row.origin(), new Extent(1, 1, row.sizeZ(), row.sizeY(), row.sizeX()));
    }

    private static Box box(Random random) {
        long[] from = new long[5];
        long[] to = new long[5];
        long[] sides = {EXTENT.t(), EXTENT.c(), EXTENT.z(), EXTENT.y(), EXTENT.x()};
        for (int i = 0; i < 5; i++) {
            from[i] = random.nextInt((int) sides[i]);
            to[i] = from[i] + 1 + random.nextInt((int) (sides[i] - from[i]));
        }
        return new Box(
                new Point(from[0], from[1], from[2], from[3], from[4]), new Point(to[0], to[1], to[2], to[3], to[4]));
    }

    /** All chunks; some with nothing but NaN, some without non-zero voxels. */
    private static List<ChunkRow> rows() {
        List<ChunkRow> rows = new ArrayList<>();
        for (long t = 0; t < EXTENT.t(); t++) {
            for (long c = 0; c < EXTENT.c(); c++) {
                for (long z = 0; z < EXTENT.z(); z += CHUNK.z()) {
                    for (long y = 0; y < EXTENT.y(); y += CHUNK.y()) {
                        for (long x = 0; x < EXTENT.x(); x += CHUNK.x()) {
                            rows.add(row(new Point(t, c, z, y, x), rows.size()));
                        }
                    }
                }
            }
        }
        return rows;
    }

    private static ChunkRow row(Point origin, int number) {
        Box valid = Box.at(origin, CHUNK).intersection(ALL);
        boolean nothing = number % 5 == 0;
        return new ChunkRow(
                0,
                origin,
                (int) valid.extent().z(),
                (int) valid.extent().y(),
                (int) valid.extent().x(),
                nothing ? null : -0.5 * number,
                nothing ? null : 0.1 * number,
                nothing ? null : 1e-3 * number,
                nothing ? null : 1.0 / (number + 1),
                number / 1000.0,
                null,
                number,
                -number,
                number % 3 == 0 ? null : valid,
                nothing ? "{\"nan\": 5}" : "{}");
    }

    private static Dataset dataset() {
        return new Dataset(
                UUID.randomUUID(),
                new DatasetName("chunk-index-" + UUID.randomUUID()),
                VolumeKind.IMAGE,
                ElementType.FLOAT32,
                "tczyx",
                null,
                null,
                List.of(),
                "file:///volumes/chunk-index",
                List.of(new Level(0, EXTENT, CHUNK, CHUNK.extent(), null, "0", 7)),
                new ObjectMapper().createObjectNode(),
                Instant.EPOCH);
    }
}
