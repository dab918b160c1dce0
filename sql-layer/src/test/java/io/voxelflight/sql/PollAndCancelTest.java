package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.CancelResult;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements that take long: polled until they have rows, and cancelled by their FlightInfo. */
class PollAndCancelTest {
    private static SqlServer server;
    private static SqlServer replica;

    @BeforeAll
    static void start() throws Exception {
        SqlLimits usual = SqlLimits.DEFAULT;
        SqlLimits limits = new SqlLimits(
                usual.maxStatementBytes(),
                usual.maxDepth(),
                usual.maxRows(),
                usual.batchRows(),
                usual.batchBytes(),
                usual.memoryBytes(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(3),
                4,
                2,
                usual.cachedPlans(),
                usual.secondScans());
        server = new SqlServer(limits);
        replica = new SqlServer(limits);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        replica.close();
    }

    @AfterEach
    void nothingIsLeft() {
        for (SqlServer one : List.of(server, replica)) {
            Awaitility.await()
                    .untilAsserted(() -> assertThat(one.engine().allocator().getAllocatedMemory())
                            .isZero());
        }
    }

    private static String slow(String word) {
        return "SELECT count(*) FROM chunks a, chunks b, chunks c, chunks d, chunks e, datasets " + word;
    }

    private static FlightDescriptor statement(String text) {
        return FlightDescriptor.command(
                Any.pack(CommandStatementQuery.newBuilder().setQuery(text).build())
                        .toByteArray());
    }

    /** Polls to the end. */
    private static FlightInfo poll(SqlServer at, FlightDescriptor descriptor) {
        PollInfo poll = at.flight().pollInfo(descriptor);
        while (poll.getFlightDescriptor().isPresent()) {
            assertThat(poll.getFlightInfo().getEndpoints()).isEmpty();
            assertThat(poll.getExpirationTime()).isPresent();
            poll = at.flight().pollInfo(poll.getFlightDescriptor().get());
        }
        return poll.getFlightInfo();
    }

    private static List<String> rows(SqlServer at, FlightInfo info) throws Exception {
        List<String> rows = new ArrayList<>();
        try (FlightStream stream = at.flight().getStream(ticket(info))) {
            assertThat(stream.getSchema()).isEqualTo(info.getSchemaOptional().orElseThrow());
            while (stream.next()) {
                for (int i = 0; i < stream.getRoot().getRowCount(); i++) {
                    rows.add(String.valueOf(stream.getRoot().getVector(0).getObject(i)));
                }
            }
        }
        return rows;
    }

    private static Ticket ticket(FlightInfo info) {
        return info.getEndpoints().get(0).getTicket();
    }

    @Test
    void aShortStatementIsReadyAtTheFirstPoll() throws Exception {
        PollInfo poll = server.flight().pollInfo(statement("SELECT name FROM datasets ORDER BY name"));

        assertThat(poll.getFlightDescriptor()).isEmpty();
        assertThat(poll.getProgress()).hasValue(1.0);
        assertThat(rows(server, poll.getFlightInfo())).containsExactly("bare", "em", "labels");
        assertThat(rows(server, poll.getFlightInfo()))
                .as("the ticket is good for more than the rows that waited")
                .hasSize(3);
        assertThat(rows(replica, poll.getFlightInfo()))
                .as("and at another server")
                .hasSize(3);
    }

    @Test
    void aLongStatementRunsOnceHoweverOftenItIsPolled() throws Exception {
        String text = "SELECT count(*) FROM chunks a, chunks b, datasets polled"
                + " WHERE a.id + b.id + (SELECT count(*) FROM chunks p, chunks q, chunks r, chunks s) > 0";
        PollInfo poll = server.flight().pollInfo(statement(text));
        List<FlightDescriptor> descriptors = new ArrayList<>();
        long most = 0;
        while (poll.getFlightDescriptor().isPresent()) {
            descriptors.add(poll.getFlightDescriptor().get());
            most = Math.max(most, SqlServer.active("polled"));
            poll = server.flight().pollInfo(poll.getFlightDescriptor().get());
        }
        assertThat(descriptors).as("it takes longer than a first poll").isNotEmpty();
        assertThat(most).isLessThanOrEqualTo(1);
        assertThat(SqlServer.active("polled")).isLessThanOrEqualTo(1);
        assertThat(rows(server, poll.getFlightInfo())).hasSize(1);
    }

    @Test
    void preparedStatementsAndMetadataArePolledToo() throws Exception {
        try (PreparedStatement prepared = server.client().prepare("SELECT name FROM datasets WHERE name = ?");
                VectorSchemaRoot values =
                        VectorSchemaRoot.create(prepared.getParameterSchema(), server.clientMemory())) {
            values.allocateNew();
            ((VarCharVector) values.getVector(0)).setSafe(0, "em".getBytes(StandardCharsets.UTF_8));
            values.setRowCount(1);
            prepared.setParameters(values);
            FlightDescriptor bound = prepared.execute().getDescriptor();
            assertThat(Any.parseFrom(bound.getCommand()).is(CommandPreparedStatementQuery.class))
                    .isTrue();
            assertThat(rows(server, poll(server, bound))).containsExactly("em");
        }
        FlightDescriptor types = FlightDescriptor.command(
                Any.pack(CommandGetTableTypes.getDefaultInstance()).toByteArray());
        assertThat(rows(server, poll(server, types))).containsExactly("TABLE");
    }

    @Test
    void aFailureIsToldToTheClientThatPolls() {
        String wrong = "SELECT CAST(name AS integer) AS n FROM datasets";
        assertThatThrownBy(() -> poll(server, statement(wrong)))
                .isInstanceOf(FlightRuntimeException.class)
                .hasMessageContaining("INVALID_ARGUMENT: a value");
        assertThatThrownBy(() -> poll(server, statement("DROP TABLE chunk"))).hasMessageContaining("UNSUPPORTED: DROP");
    }

    @Test
    void rowsThatNobodyTakesAreDroppedAndRunAnew() throws Exception {
        FlightInfo info = poll(server, statement("SELECT repeat('x', 1000) FROM chunks a, chunks b, chunks abandoned"));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> SqlServer.active("abandoned") == 0);
        Awaitility.await().until(() -> server.engine().allocator().getAllocatedMemory() == 0);
        assertThatThrownBy(() -> rows(server, info)).hasMessageContaining("no client took the rows within 3 s");
    }

    @Test
    void thosePolledLeaveRoomForThoseThatRead() throws Exception {
        List<FlightInfo> polled = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            polled.add(poll(server, statement("SELECT " + i + " AS i, repeat('x', 1000) FROM chunks a, chunks b")));
            assertThat(rows(server, server.client().execute("SELECT 'on' AS x")))
                    .containsExactly("on");
        }
        assertThat(rows(server, polled.get(9)))
                .as("runs when its rows are asked for")
                .containsOnly("9");
    }

    @Test
    void aStatementIsCancelledByItsFlightInfo() throws Exception {
        FlightInfo info = server.client().execute(slow("cancelled"));
        CompletableFuture<List<String>> reader = CompletableFuture.supplyAsync(() -> {
            try {
                return rows(server, info);
            } catch (Exception e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
        Awaitility.await().until(() -> SqlServer.active("cancelled") > 0);
        assertThat(server.client()
                        .cancelFlightInfo(new CancelFlightInfoRequest(info))
                        .getStatus())
                .isEqualTo(CancelStatus.CANCELLED);
        Awaitility.await().until(() -> SqlServer.active("cancelled") == 0);
        assertThatThrownBy(reader::join).hasMessageContaining("CANCELLED: the statement was cancelled");
        assertThatThrownBy(() -> rows(server, info))
                .as("and does not run again")
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.CANCELLED));
    }

    @Test
    void aStatementIsCancelledFromAnotherServer() throws Exception {
        FlightInfo info = server.client().execute(slow("elsewhere"));
        CompletableFuture<List<String>> reader = CompletableFuture.supplyAsync(() -> {
            try {
                return rows(server, info);
            } catch (Exception e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
        Awaitility.await().until(() -> SqlServer.active("elsewhere") > 0);
        assertThat(replica.client()
                        .cancelFlightInfo(new CancelFlightInfoRequest(info))
                        .getStatus())
                .isEqualTo(CancelStatus.CANCELLED);
        assertThatThrownBy(reader::join).hasMessageContaining("CANCELLED: the statement was cancelled");
        assertThat(SqlServer.active("elsewhere")).isZero();
        assertThat(rows(server, server.client().execute("SELECT 'on' AS x"))).containsExactly("on");
    }

    @Test
    void aPolledStatementIsCancelled() throws Exception {
        PollInfo poll = server.flight().pollInfo(statement(slow("waited")));
        Awaitility.await().until(() -> SqlServer.active("waited") > 0);
        server.client().cancelFlightInfo(new CancelFlightInfoRequest(poll.getFlightInfo()));
        Awaitility.await().until(() -> SqlServer.active("waited") == 0);
        FlightDescriptor again = poll.getFlightDescriptor().orElseThrow();
        assertThatThrownBy(() -> server.flight().pollInfo(again)).hasMessageContaining("CANCELLED");
    }

    @Test
    @SuppressWarnings("deprecation") // what older clients send
    void theOlderCancelActionWorksAndMetadataCannotBeCancelled() {
        assertThat(server.client().cancelQuery(server.client().execute("SELECT 1 AS x")))
                .isEqualTo(CancelResult.CANCELLED);
        assertThat(server.client()
                        .cancelFlightInfo(
                                new CancelFlightInfoRequest(server.client().getCatalogs()))
                        .getStatus())
                .isEqualTo(CancelStatus.NOT_CANCELLABLE);
    }
}
