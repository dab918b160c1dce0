package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.ResultSink;
import io.voxelflight.sql.translate.Visibility;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows, time and memory are bounded, and a statement stops when it is told to. */
class LimitsTest {
    /** Some 81^4 = 43 million pairs: seconds of work, rows by the million. */
    private static final String LONG = "SELECT a.id, b.attrs FROM chunks a, chunks b, chunks c, chunks d";

    private static final String SLOW = "SELECT count(*) FROM chunks a, chunks b, chunks c, chunks d, chunks e";

    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture(SqlFixture.limits(5_000, 1_000, 20_000, Duration.ofSeconds(30)));

    @RegisterExtension
    static final SqlFixture HASTY = new SqlFixture(SqlFixture.limits(5_000, 1_000, 20_000, Duration.ofMillis(300)));

    @Test
    void moreRowsThanAllowedAreRefused() {
        assertThat(Answer.of(SQL.engine(), "SELECT a.id FROM chunks a, chunks b LIMIT 5000")
                        .rows())
                .hasSize(5_000);
        refused(SQL, "SELECT a.id FROM chunks a, chunks b LIMIT 5001", ErrorCode.RESOURCE_EXHAUSTED, "5000 rows");
        refused(SQL, LONG, ErrorCode.RESOURCE_EXHAUSTED, "5000 rows");
    }

    @Test
    void aStatementThatTakesTooLongIsStopped() {
        refused(HASTY, SLOW, ErrorCode.TIMED_OUT, "0.3 s");
        assertThat(Answer.of(HASTY.engine(), "SELECT 1").single())
                .as("the next one runs")
                .isEqualTo(1);
    }

    @Test
    void batchesAreBoundedInRowsAndBytes() {
        List<Integer> rows = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        List<VectorSchemaRoot> roots = new ArrayList<>();
        SQL.engine()
                .execution(
                        SQL.engine()
                                .prepare(
                                        "SELECT a.id, repeat('x', 1000) FROM chunks a, chunks b LIMIT 4000",
                                        Visibility.ALL),
                        List.of(List.of()))
                .run(new ResultSink() {
                    @Override
                    public void begin(VectorSchemaRoot root) {
                        roots.add(root);
                    }

                    @Override
                    public void batch() {
                        rows.add(roots.get(0).getRowCount());
                        bytes.add(roots.get(0).getFieldVectors().stream()
                                .mapToLong(vector -> vector.getBufferSize())
                                .sum());
                    }
                });
        assertThat(rows.stream().mapToInt(Integer::intValue).sum()).isEqualTo(4_000);
        assertThat(bytes).allSatisfy(size -> assertThat(size).isLessThan(40_000));
    }

    @Test
    void aRowThatNoMessageHoldsIsRefused() {
        refused(SQL, "SELECT repeat('x', 7000000)", ErrorCode.RESOURCE_EXHAUSTED, "row 1");
    }

    @Test
    void aBufferIsNotWrittenAgainAfterItsBatch() {
        List<VectorSchemaRoot> roots = new ArrayList<>();
        List<org.apache.arrow.memory.ArrowBuf> kept = new ArrayList<>();
        SQL.engine()
                .execution(
                        SQL.engine()
                                .prepare(
                                        "SELECT row_number() OVER () FROM chunks a, chunks b LIMIT 5000",
                                        Visibility.ALL),
                        List.of(List.of()))
                .run(new ResultSink() {
                    @Override
                    public void begin(VectorSchemaRoot root) {
                        roots.add(root);
                    }

                    @Override
                    public void batch() {
                        var buffer = roots.get(0).getVector(0).getDataBuffer();
                        buffer.getReferenceManager().retain();
                        kept.add(buffer.slice(0, (long) roots.get(0).getRowCount() * Long.BYTES));
                    }
                });
        long next = 1;
        for (var buffer : kept) {
            for (long at = 0; at < buffer.capacity(); at += Long.BYTES) {
                assertThat(buffer.getLong(at)).isEqualTo(next++);
            }
            buffer.getReferenceManager().release();
        }
        assertThat(next).isEqualTo(5_001);
    }

    @Test
    void valuesThatArrowCannotHoldAreRefusedByName() {
        refused(SQL, "SELECT interval '1' month", ErrorCode.INVALID_ARGUMENT, "months");
        refused(SQL, "SELECT CAST('infinity' AS timestamptz)", ErrorCode.INVALID_ARGUMENT, "infinity");
        refused(SQL, "SELECT CAST('NaN' AS decimal(5,2))", ErrorCode.INVALID_ARGUMENT, "NaN");
        refused(SQL, "SELECT CAST(1 AS decimal(39,0))", ErrorCode.UNSUPPORTED, "38");
        refused(SQL, "SELECT 1 / 0", ErrorCode.INVALID_ARGUMENT, "division by zero");
        refused(SQL, "SELECT CAST(name AS integer) FROM datasets", ErrorCode.INVALID_ARGUMENT, "invalid input syntax");
    }

    @Test
    void aCancelReachesPostgresAtOnce() throws Exception {
        Execution execution = SQL.engine().execution(SQL.engine().prepare(SLOW, Visibility.ALL), List.of(List.of()));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> run = thread.submit(() -> execution.run(new Ignored()));
            Awaitility.await().until(() -> running("%chunks%e%") > 0);

            long start = System.nanoTime();
            execution.cancel();

            assertThatThrownBy(() -> run.get(5, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
            assertThat(running("%chunks%e%"))
                    .as("statements left in PostgreSQL")
                    .isZero();
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void aCancelBeforeTheStartAndAfterTheEndHarmsNobody() {
        Execution early = SQL.engine().execution(SQL.engine().prepare(SLOW, Visibility.ALL), List.of(List.of()));
        early.cancel();
        assertThatThrownBy(() -> early.run(new Ignored())).hasMessageContaining("cancelled");

        Execution done = SQL.engine().execution(SQL.engine().prepare("SELECT 1", Visibility.ALL), List.of(List.of()));
        done.run(new Ignored());
        done.cancel();
        for (int i = 0; i < 20; i++) {
            assertThat(Answer.of(SQL.engine(), "SELECT " + i).single()).isEqualTo(i);
        }
    }

    @Test
    void aSinkThatFailsStopsTheStatement() throws SQLException {
        Execution execution = SQL.engine().execution(SQL.engine().prepare(LONG, Visibility.ALL), List.of(List.of()));
        assertThatThrownBy(() -> execution.run(new ResultSink() {
                    @Override
                    public void begin(VectorSchemaRoot root) {}

                    @Override
                    public void batch() {
                        throw new IllegalStateException("the client is gone");
                    }
                }))
                .hasMessage("the client is gone");
        assertThat(running("COPY%chunks%d%")).isZero();
    }

    @Test
    void manyThreadsWithRandomCancelsGetRightAnswersAndLeakNoConnection() throws Exception {
        HikariDataSource pool = SampleCatalog.database().readOnly().unwrap(HikariDataSource.class);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        ExecutorService cancellers = Executors.newFixedThreadPool(4);
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> all = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                int seed = i;
                all.add(threads.submit(() -> {
                    Random random = new Random(seed);
                    start.await();
                    for (int round = 0; round < 10; round++) {
                        int n = random.nextInt(1000);
                        if (random.nextInt(3) == 0) {
                            String text = random.nextBoolean() ? SLOW : LONG + " LIMIT 4900";
                            Execution execution = SQL.engine()
                                    .execution(SQL.engine().prepare(text, Visibility.ALL), List.of(List.of()));
                            int delay = random.nextInt(30);
                            Future<?> cancel = cancellers.submit(() -> {
                                TimeUnit.MILLISECONDS.sleep(delay);
                                execution.cancel();
                                return null;
                            });
                            try {
                                execution.run(new Ignored());
                            } catch (ServiceException e) {
                                assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED);
                                cancelled.incrementAndGet();
                            }
                            cancel.get();
                        } else {
                            Answer answer = Answer.of(
                                    SQL.engine(),
                                    "SELECT " + n + ", count(*) FROM chunks WHERE dataset IN ('em', 'labels', 'bare')");
                            assertThat(answer.rows()).containsExactly(List.of(n, 81L));
                            answered.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> one : all) {
                one.get(120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
            cancellers.shutdownNow();
        }
        assertThat(cancelled).hasPositiveValue();
        assertThat(answered).hasValueGreaterThan(80);
        assertThat(pool.getHikariPoolMXBean().getActiveConnections())
                .as("connections not given back")
                .isZero();
        assertThat(running("%chunks%")).isZero();
    }

    private static void refused(SqlFixture sql, String statement, ErrorCode code, String hint) {
        assertThatThrownBy(() -> Answer.of(sql.engine(), statement))
                .isInstanceOfSatisfying(ServiceException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.line()).contains(hint).doesNotContain("\n");
                });
    }

    private static int running(String like) throws SQLException {
        try (Connection connection = SampleCatalog.database().owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                        + " AND backend_type = 'client backend'"
                        + " AND pid <> pg_backend_pid() AND query LIKE 'COPY%' AND query LIKE '" + like + "'")) {
            result.next();
            return result.getInt(1);
        }
    }

    private static final class Ignored implements ResultSink {
        @Override
        public void begin(VectorSchemaRoot root) {}

        @Override
        public void batch() {}
    }
}
