package io.voxelflight.catalog.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DatabaseTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path home;

    private static Database database;
    private static PostgresCatalog catalog;
    private static PostgresPublisher publisher;

    @BeforeAll
    static void open() {
        database = Database.open(new DatabaseSettings(home, null, true));
        catalog = new PostgresCatalog(database.owner());
        publisher = new PostgresPublisher(database.owner());
    }

    @AfterAll
    static void close() {
        database.close();
        Places.delete(database);
    }

    @Test
    void theStatusSaysWhatRuns() {
        assertThat(database.status().kind()).isEqualTo("embedded");
        assertThat(database.status().version()).startsWith("18.");
        assertThat(database.status().vectors()).containsAnyOf("pgvector 0.8", "none: ");
        assertThat(database.status().readers()).isEqualTo("role voxelflight_reader");
        assertThat(database.whyNotReady()).isEmpty();
    }

    @Test
    void whatIsPublishedIsFoundExactly() {
        Dataset dataset = dataset("found");
        publisher.publish(dataset, List.of(acquisition()), rows(10));

        assertThat(catalog.find(dataset.name())).contains(dataset);
        assertThat(catalog.datasets()).contains(dataset);
    }

    @Test
    void chunkRowsArriveExactly() throws SQLException {
        Dataset dataset = dataset("rows");
        ChunkRow odd = new ChunkRow(
                0,
                Point.zyx(128, 0, 256),
                2,
                128,
                44,
                null,
                Double.MIN_VALUE,
                Math.PI,
                null,
                0.1,
                null,
                0,
                0xfedcba98,
                new Box(Point.zyx(129, 3, 256), Point.zyx(130, 128, 300)),
                "{\"labels\": {\"17\": 2041}, \"note\": \"\u00fc\u2603\"}");
        publisher.publish(dataset, List.of(), List.of(odd).iterator());

        try (Connection connection = database.readOnly().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM chunks WHERE dataset = 'rows'")) {
            row.next();
            assertThat(row.getObject("dataset_id")).isEqualTo(dataset.id());
            assertThat(row.getLong("z")).isEqualTo(128);
            assertThat(row.getLong("x")).isEqualTo(256);
            assertThat(row.getInt("size_x")).isEqualTo(44);
            assertThat(row.getObject("vmin")).isNull();
            assertThat(row.getDouble("vmax")).isEqualTo(Double.MIN_VALUE);
            assertThat(row.getDouble("mean")).isEqualTo(Math.PI);
            assertThat(row.getLong("checksum")).isEqualTo(0xfedcba98L);
            assertThat((Integer[]) row.getArray("bbox").getArray()).containsExactly(129, 3, 256, 130, 128, 300);
            assertThat(row.getString("attrs")).contains("\u00fc\u2603").contains("2041");
            assertThat(row.next()).isFalse();
        }
    }

    @Test
    void aLargeIndexIsLoadedByCopyAndCounted() throws SQLException {
        publisher.publish(dataset("large"), List.of(), rows(100_000));

        assertThat(number("SELECT chunks FROM datasets WHERE name = 'large'")).isEqualTo(100_000);
        assertThat(number("SELECT count(*) FROM chunks WHERE dataset = 'large'"))
                .isEqualTo(100_000);
    }

    @Test
    void aLookUpByNameReadsOneDatasetsPartitionOnly() throws SQLException {
        publisher.publish(dataset("pruned"), List.of(), rows(5000));
        publisher.publish(dataset("other"), List.of(), rows(5000));

        String plan = text("EXPLAIN (ANALYZE, COSTS off, TIMING off, FORMAT text)"
                + " SELECT * FROM chunks WHERE dataset = 'pruned' AND level = 0 AND t = 0 AND c = 0 AND z = 128"
                + " AND y = 0 AND x = 0");

        assertThat(plan.lines().filter(line -> line.contains("on chunk_") && !line.contains("never executed")))
                .hasSize(1);
    }

    @Test
    void aRangeOfIdsIsPlannedForOneDatasetsPartitionOnly() throws SQLException {
        publisher.publish(dataset("ranged"), List.of(), rows(10));
        publisher.publish(dataset("next"), List.of(), rows(10));
        long first = number("SELECT first_chunk_id FROM datasets WHERE name = 'ranged'");

        String range = " FROM chunks WHERE dataset = 'ranged' AND id >= " + first + " AND id < " + (first + (1L << 40));

        assertThat(text("EXPLAIN SELECT *" + range).lines().filter(line -> line.contains("on chunk_")))
                .hasSize(1);
        assertThat(number("SELECT count(*)" + range)).isEqualTo(10);
    }

    @Test
    void aNameThatIsTakenIsRefusedAndNothingOfTheSecondIsLeft() throws SQLException {
        Dataset first = dataset("taken");
        publisher.publish(first, List.of(), rows(3));
        long partitions = number("SELECT count(*) FROM pg_inherits");

        assertThatThrownBy(() -> publisher.publish(dataset("taken"), List.of(), rows(5)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS))
                .hasMessageContaining("'taken' exists already");

        assertThat(catalog.find(first.name())).contains(first);
        assertThat(number("SELECT count(*) FROM pg_inherits")).isEqualTo(partitions);
    }

    @Test
    void ofManyWhoPublishOneNameAtOnceExactlyOneWins() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> attempts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Callable<Boolean> attempt = () -> {
                    try {
                        publisher.publish(dataset("contested"), List.of(), rows(500));
                        return true;
                    } catch (ServiceException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
                        return false;
                    }
                };
                attempts.add(pool.submit(attempt));
            }
            int won = 0;
            for (Future<Boolean> attempt : attempts) {
                won += attempt.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        } finally {
            pool.shutdownNow();
        }
        assertThat(number("SELECT count(*) FROM chunks WHERE dataset = 'contested'"))
                .isEqualTo(500);
    }

    @Test
    void aPublicationThatFailsInTheMiddleLeavesNothing() throws SQLException {
        Iterator<ChunkRow> good = rows(2000);
        Iterator<ChunkRow> failing = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public ChunkRow next() {
                if (!good.hasNext()) {
                    throw new IllegalStateException("the spool ended");
                }
                return good.next();
            }
        };

        assertThatThrownBy(() -> publisher.publish(dataset("broken"), List.of(), failing))
                .hasMessageContaining("the spool ended");

        assertThat(catalog.find(new DatasetName("broken"))).isEmpty();
        publisher.publish(dataset("broken"), List.of(), rows(7));
        assertThat(number("SELECT count(*) FROM chunks WHERE dataset = 'broken'"))
                .isEqualTo(7);
    }

    @Test
    void aDatabaseThatGoesAwayInTheMiddlePublishesNothingAndComesBack() throws SQLException {
        Iterator<ChunkRow> killing = new Iterator<>() {
            private int count;

            @Override
            public boolean hasNext() {
                return count < 50_000;
            }

            @Override
            public ChunkRow next() {
                if (count++ == 20_000) {
                    killBackendsOf("voxelflight-catalog");
                }
                return row(count);
            }
        };

        assertThatThrownBy(() -> publisher.publish(dataset("gone"), List.of(), killing))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));

        Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> assertThat(
                        catalog.find(new DatasetName("gone")))
                .isEmpty());
        publisher.publish(dataset("gone"), List.of(), rows(2));
        assertThat(catalog.find(new DatasetName("gone"))).isPresent();
    }

    @Test
    void removingTakesEverythingOfADataset() throws SQLException {
        Dataset dataset = dataset("removed");
        publisher.publish(dataset, List.of(acquisition()), rows(12));

        assertThat(publisher.remove(dataset.name())).isEqualTo(dataset);

        assertThat(catalog.find(dataset.name())).isEmpty();
        assertThat(number("SELECT count(*) FROM chunks WHERE dataset = 'removed'"))
                .isZero();
        assertThatThrownBy(() -> publisher.remove(dataset.name()))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void removingWaitsForNoReaderAndHoldsNoneUp() throws SQLException {
        publisher.publish(dataset("being-read"), List.of(), rows(12));
        publisher.publish(dataset("staying"), List.of(), rows(12));
        try (Connection reader = database.readOnly().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM chunks"); // has every partition locked until it ends

            publisher.remove(new DatasetName("being-read"));

            assertThat(catalog.find(new DatasetName("being-read"))).isEmpty();
            assertThat(number("SELECT count(*) FROM chunks WHERE dataset = 'being-read'"))
                    .isZero();
            assertThat(leftovers()).isEqualTo(1);
            publisher.publish(dataset("meanwhile"), List.of(), rows(5));
            assertThat(number("SELECT count(*) FROM chunks WHERE dataset = 'meanwhile'"))
                    .isEqualTo(5);
            reader.rollback();
        }

        publisher.remove(new DatasetName("staying"));
        assertThat(leftovers()).isZero();
    }

    @Test
    void readersGoOnWhileADatasetIsPublished() throws SQLException {
        Iterator<ChunkRow> slow = new Iterator<>() {
            private int count;

            @Override
            public boolean hasNext() {
                return count < 10;
            }

            @Override
            public ChunkRow next() {
                try { // in the middle of the transaction
                    assertThat(number("SELECT count(*) FROM chunks WHERE dataset = 'in-the-making'"))
                            .isZero();
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
                assertThat(catalog.find(new DatasetName("in-the-making"))).isEmpty();
                return row(count++);
            }
        };

        publisher.publish(dataset("in-the-making"), List.of(), slow);

        assertThat(number("SELECT count(*) FROM chunks WHERE dataset = 'in-the-making'"))
                .isEqualTo(10);
    }

    @Test
    void sqlUsersCanOnlyReadWhatIsMeantForThem() {
        for (String statement : List.of(
                "CREATE TABLE main.mine (a int)",
                "SET default_transaction_read_only = off; CREATE TABLE main.mine (a int)",
                "UPDATE main.datasets SET name = 'x'",
                "SELECT * FROM voxelflight.dataset",
                "SELECT * FROM voxelflight.chunk",
                "SELECT * FROM pg_authid",
                "SELECT pg_read_file('PG_VERSION')",
                "COPY (SELECT 1) TO PROGRAM 'true'",
                "SET ROLE voxelflight")) {
            assertThatThrownBy(() -> execute(statement)).as(statement).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void aSecondProcessOfTheSameHomeSharesTheServer() throws Exception {
        int exit = OtherProcess.run(home, "read");

        assertThat(exit).isZero();
        assertThat(database.whyNotReady()).isEmpty();
    }

    private static long leftovers() throws SQLException {
        return number("SELECT count(*) FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent ="
                + " 'voxelflight.chunk'::regclass AND NOT EXISTS"
                + " (SELECT FROM voxelflight.dataset WHERE relname = 'chunk_' || no)");
    }

    static Dataset dataset(String name) {
        VoxelSize voxel = new VoxelSize(10, 4, 4.5);
        return new Dataset(
                UUID.randomUUID(),
                new DatasetName(name),
                VolumeKind.IMAGE,
                ElementType.UINT16,
                "czyx",
                voxel,
                null,
                List.of("a", "b c"),
                "file:///somewhere/" + name,
                List.of(
                        new Level(
                                0,
                                new Extent(1, 2, 260, 330, 300),
                                BlockShape.DEFAULT,
                                Extent.zyx(512, 512, 512),
                                voxel,
                                "0",
                                12345),
                        new Level(
                                1,
                                new Extent(1, 2, 130, 165, 150),
                                BlockShape.DEFAULT,
                                Extent.zyx(256, 256, 256),
                                null,
                                "1",
                                99)),
                JSON.createObjectNode().put("source", "here"),
                Instant.parse("2026-11-24T12:00:00.123456Z"));
    }

    private static Acquisition acquisition() {
        return new Acquisition(
                UUID.randomUUID(),
                "Zeiss Crossbeam",
                Instant.parse("2020-01-01T00:00:00Z"),
                Duration.ofHours(30),
                JSON.createObjectNode());
    }

    static Iterator<ChunkRow> rows(int count) {
        return IntStream.range(0, count).mapToObj(DatabaseTest::row).iterator();
    }

    private static ChunkRow row(int n) {
        return new ChunkRow(
                0,
                Point.zyx(128L * (n / 100), 128L * (n % 100), 0),
                128,
                128,
                128,
                0.0,
                255.0,
                100.5,
                n / 7.0,
                1,
                7.5,
                1000 + n,
                n,
                null,
                "{}");
    }

    private static long number(String query) throws SQLException {
        return Long.parseLong(text(query).strip());
    }

    private static String text(String query) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = main");
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    text.append(rows.getString(1)).append('\n');
                }
            } finally {
                statement.execute("SET search_path = voxelflight");
            }
        }
        return text.toString();
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = database.readOnly().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setReadOnly(false);
            statement.execute(sql);
        }
    }

    private static void killBackendsOf(String application) {
        try {
            number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    + " AND application_name = '" + application + "'");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
