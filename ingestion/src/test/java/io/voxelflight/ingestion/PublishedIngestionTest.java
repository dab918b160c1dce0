package io.voxelflight.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.postgres.Database;
import io.voxelflight.catalog.postgres.PostgresCatalog;
import io.voxelflight.catalog.postgres.PostgresPublisher;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.testkit.AllocatorExtension;
import io.voxelflight.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Ingestions into a real database. */
class PublishedIngestionTest {
    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path volumes;

    private final Database database = TestDatabase.shared();

    @Test
    void datasetAndRowsAreThere() throws Exception {
        ArraySource source = source(new Extent(1, 2, 20, 40, 36));
        Dataset made = ingest("engine-published", source);
        Dataset found = new PostgresCatalog(database.owner())
                .find(new DatasetName("engine-published"))
                .orElseThrow();
        assertThat(found).usingRecursiveComparison().ignoringFields("attrs").isEqualTo(made);
        assertThat(json(found)).isEqualTo(json(made));
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*), sum(size_z::bigint * size_y * size_x), sum(mean * size_z * size_y * size_x),"
                                + " sum(byte_size) FROM main.chunks WHERE dataset = 'engine-published' AND level = 0")) {
            row.next();
            long sum = 0;
            for (byte voxel : source.bytes) {
                sum += voxel & 0xff;
            }
            assertThat(row.getLong(1)).isEqualTo(2 * 2 * 3 * 3);
            assertThat(row.getLong(2)).isEqualTo(source.extent.voxels());
            assertThat(Math.round(row.getDouble(3))).isEqualTo(sum);
            assertThat(row.getLong(4)).isEqualTo(made.levels().get(0).storedBytes());
        }
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT instrument FROM main.acquisitions a JOIN main.datasets d ON d.id = a.dataset_id"
                                + " WHERE d.name = 'engine-published'")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("a loop");
        }
    }

    @Test
    void oneOfTwoOfANameWins() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        int refused = 0;
        try {
            List<Future<Dataset>> both = Stream.of(1, 2)
                    .map(i -> {
                        ArraySource source = source(Extent.zyx(40, 40, 40));
                        AtomicBoolean first = new AtomicBoolean(true);
                        source.beforeRead = box -> {
                            if (first.getAndSet(false)) {
                                meet(together); // both have found the name free
                            }
                        };
                        return threads.submit(() -> ingest("engine-raced", source));
                    })
                    .toList();
            for (Future<Dataset> one : both) {
                try {
                    one.get();
                } catch (ExecutionException e) {
                    refused++;
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(ServiceException.class, refusal -> assertThat(refusal.code())
                                    .isEqualTo(ErrorCode.ALREADY_EXISTS));
                }
            }
        } finally {
            threads.shutdown();
        }
        assertThat(refused).isEqualTo(1);
        try (Stream<Path> stored = Files.list(volumes)) {
            assertThat(stored.filter(path -> !path.endsWith(".staging"))).hasSize(1);
        }
    }

    /** As read back: the type of a number's node depends on who made it. */
    private static JsonNode json(Dataset dataset) throws IOException {
        return new ObjectMapper().readTree(dataset.attrs().toString());
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ArraySource source(Extent extent) {
        ArraySource source = new ArraySource(extent, ElementType.UINT8);
        new Random(1).nextBytes(source.bytes);
        return source;
    }

    private Dataset ingest(String name, ArraySource source) {
        return new Ingestor(
                        memory.allocator(),
                        new IngestLimits(16 << 20, 2),
                        new PostgresCatalog(database.owner()),
                        new PostgresPublisher(database.owner()))
                .ingest(
                        source,
                        new IngestRequest(
                                new DatasetName(name),
                                "memory",
                                volumes,
                                null,
                                null,
                                null,
                                List.of("test"),
                                StorageLayout.sharded(new BlockShape(16, 16, 16), new BlockShape(32, 32, 32), 1)),
                        IngestProgress.NONE,
                        new Cancellation());
    }
}
