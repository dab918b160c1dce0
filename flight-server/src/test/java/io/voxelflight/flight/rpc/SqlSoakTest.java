package io.voxelflight.flight.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.zaxxer.hikari.HikariDataSource;
import io.voxelflight.catalog.postgres.Database;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.SqlLimits;
import io.voxelflight.sql.flightsql.SqlProducer;
import io.voxelflight.testkit.AllocatorExtension;
import io.voxelflight.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients at once that change their minds: whatever they cancel, and however, every answer that is taken whole is
 * right, and nothing is left behind. Lasts {@code -Dsoak.seconds} (5); {@code -Dsoak.clients} (32) may be set too.
 */
class SqlSoakTest {
    private static final int SECONDS = Integer.getInteger("soak.seconds", 5);
    private static final int CLIENTS = Integer.getInteger("soak.clients", 32);

    /** Statements, and what all values of their first column add up to. */
    private static final Map<String, Long> ANSWERS = Map.of(
            "SELECT 42 AS n",
            42L,
            "SELECT n FROM generate_series(1, 50000) AS t(n)",
            50_000L * 50_001 / 2,
            "SELECT count(*) AS n FROM generate_series(1, 1000) AS a(i), generate_series(1, 1000) AS b(i) WHERE a.i < b.i",
            499_500L,
            "SELECT n, repeat('x', 500) AS x FROM generate_series(1, 20000) AS t(n)",
            20_000L * 20_001 / 2,
            "SELECT 0 AS n FROM datasets WHERE name = 'none'",
            0L);

    private static final String ENDLESS = "SELECT count(*) AS n FROM generate_series(1, 100000) AS a(i),"
            + " generate_series(1, 100000) AS b(i), generate_series(1, 100000) AS soaked(i)";

    @TempDir
    private Path folder;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    private final LongAdder whole = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @Test
    void everyAnswerIsRightAndNothingIsLeft() throws Exception {
        Database database = TestDatabase.shared();
        HikariDataSource pool = database.readOnly().unwrap(HikariDataSource.class);
        try (SqlEngine engine = new SqlEngine(database.readOnly(), memory.allocator(), limits());
                DoorFixture fixture = new DoorFixture(
                        memory.allocator(),
                        folder,
                        DoorFixture.settings(true),
                        opener -> opener,
                        new SqlProducer(engine));
                FlightClient flight = fixture.client();
                FlightSqlClient client = new FlightSqlClient(flight)) {
            Asked server = new Asked(flight, client);
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                running.add(clients.submit(() -> {
                    while (System.nanoTime() < end && wrong.isEmpty()) {
                        ask(server, random);
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            clients.shutdown();
            assertThat(wrong).isEmpty();
            assertThat(whole.sum()).isPositive();
            assertThat(cancelled.sum()).isPositive();
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(active(database)).isZero();
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
                assertThat(engine.allocator().getAllocatedMemory()).isZero();
                assertThat(fixture.blocks.allocatedBytes()).isZero();
            });
            System.out.printf(
                    "%d clients, %d s: %d answers taken whole, %d cancelled%n",
                    CLIENTS, SECONDS, whole.sum(), cancelled.sum());
        }
    }

    @Test
    void aCancelReachesPostgresAtOnce() throws Exception {
        Database database = TestDatabase.shared();
        try (SqlEngine engine = new SqlEngine(database.readOnly(), memory.allocator(), limits());
                DoorFixture fixture = new DoorFixture(
                        memory.allocator(),
                        folder,
                        DoorFixture.settings(true),
                        opener -> opener,
                        new SqlProducer(engine));
                FlightClient flight = fixture.client();
                FlightSqlClient client = new FlightSqlClient(flight)) {
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                FlightInfo info = client.execute(ENDLESS);
                try (FlightStream stream =
                        flight.getStream(info.getEndpoints().get(0).getTicket())) {
                    Awaitility.await().until(() -> active(database) == 1);
                    long start = System.nanoTime();
                    if (i % 2 == 0) {
                        stream.cancel("no longer wanted", null);
                    } else {
                        client.cancelFlightInfo(new CancelFlightInfoRequest(info));
                    }
                    Awaitility.await()
                            .pollInterval(Duration.ofMillis(2))
                            .pollDelay(Duration.ZERO)
                            .until(() -> active(database) == 0);
                    millis.add((System.nanoTime() - start) / 1_000_000);
                }
            }
            System.out.println("milliseconds until PostgreSQL has stopped: " + millis);
            assertThat(millis.stream().mapToLong(Long::longValue).min().orElseThrow())
                    .as("the best of ten, on a machine that may be busy")
                    .isLessThan(100);
        }
    }

    private record Asked(FlightClient flight, FlightSqlClient client) {}

    /** Endless statements that PostgreSQL still works on. */
    private static long active(Database database) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE state = 'active' AND query LIKE 'COPY%soaked%' AND pid <> pg_backend_pid()")) {
            count.next();
            return count.getLong(1);
        }
    }

    /** The usual ones, but rows that were polled for wait a short time only for a client that has gone. */
    private static SqlLimits limits() {
        SqlLimits usual = SqlLimits.DEFAULT;
        return new SqlLimits(
                usual.maxStatementBytes(),
                usual.maxDepth(),
                usual.maxRows(),
                usual.batchRows(),
                usual.batchBytes(),
                usual.memoryBytes(),
                usual.statementTimeout(),
                Duration.ofSeconds(10),
                usual.statements(),
                usual.waitingStatements(),
                usual.cachedPlans(),
                usual.secondScans());
    }

    private void ask(Asked server, Random random) {
        List<String> statements = List.copyOf(ANSWERS.keySet());
        int choice = random.nextInt(statements.size() + 1);
        boolean endless = choice == statements.size();
        String statement = endless ? ENDLESS : statements.get(choice);
        try {
            FlightInfo info = random.nextInt(4) == 0
                    ? poll(server, statement)
                    : server.client().execute(statement);
            if (info == null) {
                cancelled.increment();
                return;
            }
            boolean givesUp = endless || random.nextInt(3) == 0;
            long sum = 0;
            try (FlightStream stream =
                    server.flight().getStream(info.getEndpoints().get(0).getTicket())) {
                if (givesUp && !giveUp(server, info, stream, random, endless)) {
                    cancelled.increment();
                    return;
                }
                while (stream.next()) {
                    for (int i = 0; i < stream.getRoot().getRowCount(); i++) {
                        sum += ((Number) stream.getRoot().getVector(0).getObject(i)).longValue();
                    }
                }
            }
            if (!Objects.equals(ANSWERS.get(statement), sum)) {
                wrong.add(sum + " for " + statement);
            }
            whole.increment();
        } catch (FlightRuntimeException e) {
            if (e.status().code() == FlightStatusCode.CANCELLED) {
                cancelled.increment();
            } else {
                wrong.add(e + " for " + statement);
            }
        } catch (Exception e) {
            wrong.add(e + " for " + statement);
        }
    }

    /** Ends a stream in one of several ways; true if the client takes the rows after all, if there are still some. */
    private static boolean giveUp(Asked server, FlightInfo info, FlightStream stream, Random random, boolean endless)
            throws Exception {
        Thread.sleep(random.nextInt(40));
        switch (random.nextInt(endless ? 2 : 4)) {
            case 0 -> stream.cancel("changed its mind", null);
            case 1 -> {
                server.client().cancelFlightInfo(new CancelFlightInfoRequest(info));
                return true; // the stream ends with CANCELLED, or was done
            }
            case 2 -> {
                if (stream.next()) {
                    stream.cancel("has seen enough", null);
                }
            }
            default -> {
                return true;
            }
        }
        return false;
    }

    /** Polls until there are rows; null if the client cancelled meanwhile. */
    private static @Nullable FlightInfo poll(Asked server, String statement) {
        PollInfo poll = server.flight()
                .pollInfo(FlightDescriptor.command(Any.pack(CommandStatementQuery.newBuilder()
                                .setQuery(statement)
                                .build())
                        .toByteArray()));
        while (poll.getFlightDescriptor().isPresent()) {
            if (statement.equals(ENDLESS)) {
                server.client().cancelFlightInfo(new CancelFlightInfoRequest(poll.getFlightInfo()));
                return null;
            }
            poll = server.flight().pollInfo(poll.getFlightDescriptor().get());
        }
        return poll.getFlightInfo();
    }
}
