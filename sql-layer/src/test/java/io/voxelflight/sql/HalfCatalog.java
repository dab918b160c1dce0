package io.voxelflight.sql;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.catalog.postgres.Database;
import io.voxelflight.catalog.postgres.PostgresPublisher;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import io.voxelflight.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * Two catalogs: one of six datasets, and one that has the same but for three of them, which were taken away again: rows of
 * the others are equal in both, their numbers too.
 */
record HalfCatalog(Database whole, Database half) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DATASETS = 6;

    static HalfCatalog make() {
        Database whole = TestDatabase.another();
        Database half = TestDatabase.another();
        for (Database database : List.of(whole, half)) {
            PostgresPublisher publisher = new PostgresPublisher(database.owner());
            Random random = new Random(7);
            for (int i = 0; i < DATASETS; i++) {
                publish(publisher, i, random);
            }
        }
        PostgresPublisher publisher = new PostgresPublisher(half.owner());
        for (int i = 0; i < DATASETS; i++) {
            if (!isVisible(i)) {
                publisher.remove(name(i));
            }
        }
        return new HalfCatalog(whole, half);
    }

    /** The datasets that both have. */
    static Set<UUID> visible() {
        return Set.of(id(0), id(2), id(3));
    }

    private static boolean isVisible(int i) {
        return visible().contains(id(i));
    }

    static DatasetName name(int i) {
        return new DatasetName("d" + i);
    }

    private static UUID id(int i) {
        return new UUID(0x4000, 0x8000_0000_0000_0000L + i);
    }

    private static void publish(PostgresPublisher publisher, int i, Random random) {
        VolumeKind kind = i % 3 == 0 ? VolumeKind.LABELS : VolumeKind.IMAGE;
        VoxelSize voxelSize = new VoxelSize(4 << i % 2, 4, 4);
        ObjectNode attrs = JSON.createObjectNode().put("lab", "lab" + i % 2);
        Dataset dataset = new Dataset(
                id(i),
                name(i),
                kind,
                kind == VolumeKind.LABELS ? ElementType.UINT32 : ElementType.UINT8,
                "zyx",
                voxelSize,
                i % 2 == 0 ? "FIB-SEM" : "TEM",
                List.of("t" + i % 2, "all"),
                "file:///volumes/" + i,
                List.of(new Level(
                        0,
                        Extent.zyx(256, 256, 256),
                        BlockShape.DEFAULT,
                        Extent.zyx(512, 512, 512),
                        voxelSize,
                        "0",
                        1000L * i)),
                attrs,
                Instant.parse("2024-01-01T00:00:00Z").plusSeconds(i));
        Acquisition acquisition = new Acquisition(
                new UUID(0x5000, 0x8000_0000_0000_0000L + i),
                "scope" + i % 2,
                Instant.parse("2023-01-01T00:00:00Z").plusSeconds(i),
                Duration.ofHours(1 + i),
                JSON.createObjectNode());
        List<ChunkRow> rows = new ArrayList<>();
        for (int chunk = 0; chunk < 8; chunk++) {
            Point origin = new Point(0, 0, 128L * (chunk / 4), 128L * (chunk / 2 % 2), 128L * (chunk % 2));
            double mean = random.nextInt(256);
            String counts = kind == VolumeKind.LABELS
                    ? "{\"labels\": {\"" + random.nextInt(5) + "\": " + random.nextInt(1000) + "}}"
                    : "{}";
            rows.add(new ChunkRow(
                    0,
                    origin,
                    128,
                    128,
                    128,
                    0.0,
                    255.0,
                    mean,
                    random.nextInt(64) / 4.0,
                    random.nextInt(5) / 4.0,
                    2.0,
                    random.nextInt(100_000),
                    random.nextInt(),
                    new Box(origin, origin.plus(new Point(0, 0, 9, 9, 9))),
                    counts));
        }
        publisher.publish(dataset, List.of(acquisition), rows.iterator());
    }
}
