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
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Three datasets with known rows in the shared test database: {@code em} (two levels, tags with quotes, everything
 * given), {@code labels} (label counts) and {@code bare} (NULL wherever it may be).
 */
public final class SampleCatalog {
    public static final UUID EM = UUID.fromString("00000000-0000-4000-8000-000000000001");
    public static final UUID LABELS = UUID.fromString("00000000-0000-4000-8000-000000000002");
    public static final UUID BARE = UUID.fromString("00000000-0000-4000-8000-000000000003");
    public static final int EM_CHUNKS = 64 + 8;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Database DATABASE = publish();

    private SampleCatalog() {}

    /** The database, with the datasets in it. */
    public static Database database() {
        return DATABASE;
    }

    private static Database publish() {
        Database database = TestDatabase.shared();
        PostgresPublisher publisher = new PostgresPublisher(database.owner());
        publisher.publish(
                dataset(
                        EM,
                        "em",
                        VolumeKind.IMAGE,
                        "FIB-SEM",
                        new VoxelSize(8.5, 4, 4),
                        List.of("brain", "it's", "a \"tag\"", ""),
                        object().put("species", "D. melanogaster").put("cost", 12.5),
                        2),
                List.of(
                        new Acquisition(
                                UUID.fromString("00000000-0000-4000-8000-0000000000a1"),
                                "Zeiss",
                                Instant.parse("2020-02-29T23:59:59.123456Z"),
                                Duration.ofHours(30).plusMillis(250),
                                object().put("dwell", 3)),
                        new Acquisition(
                                UUID.fromString("00000000-0000-4000-8000-0000000000a2"), null, null, null, object())),
                emRows());
        publisher.publish(
                dataset(LABELS, "labels", VolumeKind.LABELS, null, new VoxelSize(8, 8, 8), List.of(), object(), 1),
                List.of(new Acquisition(
                        UUID.fromString("00000000-0000-4000-8000-0000000000a3"),
                        "Zeiss",
                        Instant.parse("2021-07-01T00:00:00Z"),
                        Duration.ofMinutes(90),
                        object())),
                labelRows());
        publisher.publish(
                dataset(BARE, "bare", VolumeKind.IMAGE, null, null, List.of("bare"), object(), 1),
                List.of(),
                List.of(new ChunkRow(
                                0,
                                new Point(0, 0, 0, 0, 0),
                                5,
                                6,
                                7,
                                null,
                                null,
                                null,
                                null,
                                1,
                                null,
                                0,
                                0,
                                null,
                                "{}"))
                        .iterator());
        return database;
    }

    private static Dataset dataset(
            UUID id,
            String name,
            VolumeKind kind,
            @Nullable String modality,
            @Nullable VoxelSize voxelSize,
            List<String> tags,
            ObjectNode attrs,
            int levels) {
        List<Level> all = new ArrayList<>();
        for (int level = 0; level < levels; level++) {
            all.add(new Level(
                    level,
                    new Extent(1, 1, 500 >> level, 400 >> level, 300 >> level),
                    new BlockShape(128, 128, 128),
                    Extent.zyx(512, 512, 512),
                    voxelSize,
                    Integer.toString(level),
                    1_000_000_000_000L >> level));
        }
        return new Dataset(
                id,
                new DatasetName(name),
                kind,
                kind == VolumeKind.IMAGE ? ElementType.UINT8 : ElementType.UINT32,
                "zyx",
                voxelSize,
                modality,
                tags,
                "file:///volumes/" + name,
                all,
                attrs,
                Instant.parse("2024-03-10T12:34:56.789012Z").plusSeconds(levels));
    }

    private static Iterator<ChunkRow> emRows() {
        List<ChunkRow> rows = new ArrayList<>();
        for (int level = 0; level < 2; level++) {
            int side = 4 >> level;
            for (int i = 0; i < side * side * side; i++) {
                Point origin = new Point(0, 0, 128L * (i / (side * side)), 128L * (i / side % side), 128L * (i % side));
                boolean empty = i % 16 == 5;
                rows.add(new ChunkRow(
                        level,
                        origin,
                        128,
                        128,
                        i % side == side - 1 ? 44 : 128,
                        empty ? 0.0 : (double) (i % 7),
                        empty ? 0.0 : 255.0 - i,
                        empty ? 0.0 : 100 + i / 3.0,
                        empty ? 0.0 : Math.sqrt(i),
                        empty ? 0.0 : 1 - i / 100.0,
                        i % 3 == 0 ? null : i / 10.0,
                        empty ? 0 : 2_000_000_000L + i,
                        -1 - i,
                        empty
                                ? null
                                : new Box(origin, new Point(0, 0, origin.z() + 10, origin.y() + 20, origin.x() + 30)),
                        "{\"n\": " + i + ", \"tag\": \"t" + i % 5 + "\"}"));
            }
        }
        return rows.iterator();
    }

    private static Iterator<ChunkRow> labelRows() {
        List<ChunkRow> rows = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            rows.add(new ChunkRow(
                    0,
                    new Point(0, 0, 0, 128L * (i / 4), 128L * (i % 4)),
                    128,
                    128,
                    128,
                    0.0,
                    (double) i,
                    i / 2.0,
                    i / 4.0,
                    i / 8.0,
                    0.5,
                    1000 + i,
                    i,
                    null,
                    "{\"labels\": {\"17\": " + i * 100 + "}}"));
        }
        return rows.iterator();
    }

    private static ObjectNode object() {
        return JSON.createObjectNode();
    }
}
