package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.TransferPair;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Flight SQL service behind a stock Flight server, asked by the Java client. */
class FlightSqlTest {
    private static SqlServer server;
    private static SqlEngine engine;
    private static FlightSqlClient client;
    private static BufferAllocator clientMemory;

    @BeforeAll
    static void start() throws Exception {
        SqlLimits usual = SqlLimits.DEFAULT;
        server = new SqlServer(new SqlLimits(
                usual.maxStatementBytes(),
                usual.maxDepth(),
                usual.maxRows(),
                usual.batchRows(),
                usual.batchBytes(),
                usual.memoryBytes(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(2),
                4,
                2,
                usual.cachedPlans(),
                usual.secondScans()));
        engine = server.engine();
        client = server.client();
        clientMemory = server.clientMemory();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @AfterEach
    void nothingIsLeft() {
        Awaitility.await().untilAsserted(() -> assertThat(engine.allocator().getAllocatedMemory())
                .isZero());
    }

    @Test
    void aStatementGivesOneEndpointWithoutLocation() throws Exception {
        FlightInfo info = client.execute("SELECT id, name FROM datasets ORDER BY name");

        assertThat(info.getEndpoints()).hasSize(1);
        assertThat(info.getEndpoints().get(0).getLocations()).isEmpty();
        assertThat(info.getSchemaOptional().orElseThrow().getFields())
                .extracting(field -> field.getName())
                .containsExactly("id", "name");
        assertThat(texts(info, "name")).containsExactly("bare", "em", "labels");
        assertThat(texts(info, "name"))
                .as("a ticket is good for more than one call")
                .hasSize(3);
    }

    @Test
    void aTicketIsGoodAtAnotherReplica() throws Exception {
        FlightInfo info = client.execute("SELECT name FROM datasets ORDER BY name");
        try (SqlServer replica = new SqlServer(SqlLimits.DEFAULT);
                FlightStream stream =
                        replica.flight().getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.next()).isTrue();
            assertThat(stream.getRoot().getRowCount()).isEqualTo(3);
        }
    }

    @Test
    void anEmptyResultHasItsSchema() throws Exception {
        FlightInfo info = client.execute("SELECT id, tags FROM datasets WHERE false");
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.getSchema()).isEqualTo(info.getSchemaOptional().orElseThrow());
            int rows = 0;
            while (stream.next()) {
                rows += stream.getRoot().getRowCount();
            }
            assertThat(rows).isZero();
        }
    }

    @Test
    void aRefusedPrepareIsNotTakenForAServerThatPreparesNothing() {
        assertThatThrownBy(() -> client.prepare("DELETE FROM chunks WHERE id = ?"))
                .isInstanceOfSatisfying(FlightRuntimeException.class, e -> {
                    assertThat(e.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
                    assertThat(e.getMessage()).startsWith("UNSUPPORTED: DELETE");
                });
    }

    @Test
    void errorsCarryTheirCodeInOneLine() {
        assertThatThrownBy(() -> client.execute("DROP TABLE chunk"))
                .isInstanceOfSatisfying(FlightRuntimeException.class, e -> {
                    assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNIMPLEMENTED);
                    assertThat(e.getMessage()).startsWith("UNSUPPORTED: DROP").doesNotContain("\n");
                });
        assertThatThrownBy(() -> client.execute("SELECT * FROM nope"))
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND));
        assertThatThrownBy(() -> texts(client.execute("SELECT CAST(name AS integer) AS n FROM datasets"), "n"))
                .hasMessageContaining("INVALID_ARGUMENT: a value");
        assertThatThrownBy(() -> client.executeUpdate("DELETE FROM chunks")).hasMessageContaining("read-only");
        assertThatThrownBy(() -> {
                    try (FlightStream stream =
                            client.getStream(new Ticket("nonsense".getBytes(StandardCharsets.UTF_8)))) {
                        stream.next();
                    }
                })
                .isInstanceOf(FlightRuntimeException.class);
    }

    @Test
    void aPreparedStatementIsBoundAndRunMoreThanOnce() throws Exception {
        try (PreparedStatement statement = client.prepare("SELECT dataset, count(*) AS n FROM chunks WHERE dataset = ?"
                        + " AND id >= ? GROUP BY dataset");
                VectorSchemaRoot values = VectorSchemaRoot.create(statement.getParameterSchema(), clientMemory)) {
            assertThat(statement.getResultSetSchema().getFields())
                    .extracting(field -> field.getName())
                    .containsExactly("dataset", "n");
            assertThatThrownBy(() -> texts(statement.execute(), "dataset")).hasMessageContaining("bind them first");

            for (String name : List.of("em", "labels", "it's")) {
                values.allocateNew();
                ((VarCharVector) values.getVector(0)).setSafe(0, name.getBytes(StandardCharsets.UTF_8));
                ((BigIntVector) values.getVector(1)).setSafe(0, 0);
                values.setRowCount(1);
                statement.setParameters(values);
                assertThat(texts(statement.execute(), "dataset"))
                        .isEqualTo(name.equals("it's") ? List.of() : List.of(name));
            }
        }
    }

    @Test
    void severalRowsOfParametersGiveTheRowsOfAll() throws Exception {
        try (PreparedStatement statement = client.prepare("SELECT name FROM datasets WHERE name = ?");
                VectorSchemaRoot values = VectorSchemaRoot.create(statement.getParameterSchema(), clientMemory)) {
            values.allocateNew();
            VarCharVector names = (VarCharVector) values.getVector(0);
            names.setSafe(0, "labels".getBytes(StandardCharsets.UTF_8));
            names.setSafe(1, "none".getBytes(StandardCharsets.UTF_8));
            names.setSafe(2, "em".getBytes(StandardCharsets.UTF_8));
            values.setRowCount(3);
            statement.setParameters(values);
            assertThat(texts(statement.execute(), "name")).containsExactly("labels", "em");
        }
    }

    @Test
    void cancellingAStreamStopsPostgres() throws Exception {
        String slow = "SELECT count(*) FROM chunks a, chunks b, chunks c, chunks d, chunks e, datasets flight";
        FlightInfo info = client.execute(slow);
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            Awaitility.await().until(() -> SqlServer.active("flight") > 0);
            stream.cancel("no longer wanted", null);
            Awaitility.await().until(() -> SqlServer.active("flight") == 0);
        }
    }

    @Test
    void aClientThatReadsNothingIsLetGo() throws Exception {
        FlightInfo info = client.execute("SELECT repeat('x', 10000) FROM chunks a, chunks b, chunks stalled");
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            Awaitility.await().until(() -> SqlServer.active("stalled") > 0);
            assertThat(engine.allocator().getAllocatedMemory()).isLessThan(16 << 20);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> SqlServer.active("stalled") == 0);
            assertThatThrownBy(() -> {
                        while (stream.next()) {
                            assertThat(stream.getRoot().getRowCount()).isPositive();
                        }
                    })
                    .hasMessageContaining("TIMED_OUT");
        }
    }

    @Test
    void moreStatementsThanAllowedAreRefusedNotQueuedForEver() throws Exception {
        String slow = "SELECT count(*) FROM chunks a, chunks b, chunks c, chunks d, chunks e, datasets crowd";
        Queue<FlightStream> streams = new ConcurrentLinkedQueue<>();
        Queue<String> refusals = new ConcurrentLinkedQueue<>();
        ExecutorService readers = Executors.newFixedThreadPool(10);
        try {
            for (int i = 0; i < 10; i++) {
                readers.execute(() -> {
                    FlightStream stream = client.getStream(
                            client.execute(slow).getEndpoints().get(0).getTicket());
                    streams.add(stream);
                    try {
                        stream.next();
                    } catch (FlightRuntimeException e) {
                        refusals.add(e.getMessage());
                    }
                });
            }
            // a statement of the test before may hold a place a moment longer: then one more is refused
            Awaitility.await().until(() -> refusals.size() >= 4 && SqlServer.active("crowd") == 4);
            assertThat(refusals)
                    .allSatisfy(line -> assertThat(line).startsWith("RESOURCE_EXHAUSTED: 4 statements run and 2 wait"));
        } finally {
            streams.forEach(stream -> stream.cancel("enough", null));
            readers.shutdown();
            assertThat(readers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            for (FlightStream stream : streams) {
                stream.close();
            }
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(SqlServer.active("crowd")).isZero());
        assertThat(texts(client.execute("SELECT 'on' AS x"), "x")).containsExactly("on");
    }

    @Test
    void theCatalogIsBrowsed() throws Exception {
        assertThat(texts(client.getCatalogs(), "catalog_name")).containsExactly("voxelflight");
        assertThat(texts(client.getSchemas(null, null), "db_schema_name")).containsExactly("main");
        assertThat(texts(client.getSchemas("other", null), "db_schema_name")).isEmpty();
        assertThat(texts(client.getTableTypes(), "table_type")).containsExactly("TABLE");
        assertThat(texts(client.getTables(null, null, null, null, false), "table_name"))
                .contains("acquisitions", "chunks", "datasets", "levels");
        assertThat(texts(client.getTables("voxelflight", "ma%", "_hunks", List.of("TABLE"), true), "table_name"))
                .containsExactly("chunks");
        assertThat(texts(client.getTables(null, null, "%", List.of("VIEW"), true), "table_name"))
                .isEmpty();
        assertThat(texts(client.getTables(null, "x%", null, null, true), "table_name"))
                .isEmpty();
        assertThat(texts(client.getXdbcTypeInfo(), "type_name")).contains("BIGINT", "UUID", "VARCHAR");
    }

    @Test
    void metadataHasExactlyTheSchemasOfTheProtocol() throws Exception {
        var chunks = org.apache.arrow.flight.sql.util.TableRef.of(null, null, "chunks");
        Map<FlightInfo, Schema> results = Map.of(
                client.getCatalogs(), Schemas.GET_CATALOGS_SCHEMA,
                client.getSchemas(null, null), Schemas.GET_SCHEMAS_SCHEMA,
                client.getTables(null, null, null, null, true), Schemas.GET_TABLES_SCHEMA,
                client.getTables(null, null, null, null, false), Schemas.GET_TABLES_SCHEMA_NO_SCHEMA,
                client.getPrimaryKeys(chunks), Schemas.GET_PRIMARY_KEYS_SCHEMA,
                client.getExportedKeys(chunks), Schemas.GET_EXPORTED_KEYS_SCHEMA,
                client.getImportedKeys(chunks), Schemas.GET_IMPORTED_KEYS_SCHEMA,
                client.getCrossReference(chunks, chunks), Schemas.GET_CROSS_REFERENCE_SCHEMA,
                client.getXdbcTypeInfo(), Schemas.GET_TYPE_INFO_SCHEMA,
                client.getSqlInfo(), Schemas.GET_SQL_INFO_SCHEMA);
        for (Map.Entry<FlightInfo, Schema> result : results.entrySet()) {
            assertThat(result.getKey().getSchemaOptional().orElseThrow()).isEqualTo(result.getValue());
            try (FlightStream stream =
                    client.getStream(result.getKey().getEndpoints().get(0).getTicket())) {
                assertThat(stream.getSchema()).isEqualTo(result.getValue());
                while (stream.next()) {
                    assertThat(stream.getRoot().getRowCount()).isNotNegative();
                }
            }
        }
    }

    @Test
    void everyCodeOfSqlInfoIsAnswered() throws Exception {
        Set<Integer> codes = new HashSet<>();
        try (FlightStream stream = client.getStream(client.getSqlInfo(new FlightSql.SqlInfo[0])
                .getEndpoints()
                .get(0)
                .getTicket())) {
            while (stream.next()) {
                UInt4Vector names = (UInt4Vector) stream.getRoot().getVector("info_name");
                DenseUnionVector values = (DenseUnionVector) stream.getRoot().getVector("value");
                for (int i = 0; i < stream.getRoot().getRowCount(); i++) {
                    codes.add(names.get(i));
                    assertThat(values.getObject(i)).as("code " + names.get(i)).isNotNull();
                }
            }
        }
        Set<Integer> all = Set.of(FlightSql.SqlInfo.values()).stream()
                .filter(code -> code != FlightSql.SqlInfo.UNRECOGNIZED)
                .map(FlightSql.SqlInfo::getNumber)
                .collect(Collectors.toSet());
        assertThat(codes).containsAll(all);
    }

    @Test
    void whatAReadOnlyServiceDoesNotDoIsRefusedAndNotListed() {
        assertThatThrownBy(() -> client.beginTransaction())
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNIMPLEMENTED))
                .hasMessageContaining("UNSUPPORTED: transactions are not supported");
        assertThatThrownBy(() -> client.executeSubstrait(new FlightSqlClient.SubstraitPlan(new byte[] {1}, "0.1")))
                .hasMessageContaining("UNSUPPORTED: Substrait");
        assertThat(server.flight().listActions())
                .extracting(ActionType::getType)
                .containsExactlyInAnyOrder(
                        "CreatePreparedStatement",
                        "ClosePreparedStatement",
                        "CancelQuery",
                        "CancelFlightInfo",
                        "SetSessionOptions",
                        "GetSessionOptions",
                        "CloseSession");
    }

    @Test
    void sessionsHaveOneCatalogAndSchema() {
        assertThat(client.getSessionOptions(new GetSessionOptionsRequest()).getSessionOptions())
                .containsEntry("catalog", SessionOptionValueFactory.makeSessionOptionValue("voxelflight"));
        SetSessionOptionsResult set = client.setSessionOptions(new SetSessionOptionsRequest(Map.of(
                "catalog",
                SessionOptionValueFactory.makeSessionOptionValue("voxelflight"),
                "schema",
                SessionOptionValueFactory.makeSessionOptionValue("other"),
                "colour",
                SessionOptionValueFactory.makeSessionOptionValue("red"))));
        assertThat(set.getErrors()).containsOnlyKeys("schema", "colour");
        assertThat(client.closeSession(new CloseSessionRequest()).getStatus())
                .isEqualTo(CloseSessionResult.Status.CLOSED);
    }

    @Test
    void aBatchIsCompleteWhenItIsReceivedLate() throws Exception {
        long rows = 0;
        long sum = 0;
        List<VectorSchemaRoot> kept = new ArrayList<>();
        try (FlightStream stream = client.getStream(client.execute(
                        "SELECT row_number() OVER () AS n, repeat('y', 200) AS y FROM chunks a, chunks b, chunks c LIMIT 100000")
                .getEndpoints()
                .get(0)
                .getTicket())) {
            while (stream.next()) {
                TransferPair pair = stream.getRoot().getVector(0).getTransferPair(clientMemory);
                pair.transfer();
                kept.add(VectorSchemaRoot.of((FieldVector) pair.getTo()));
                rows += stream.getRoot().getRowCount();
            }
            for (VectorSchemaRoot batch : kept) {
                BigIntVector numbers = (BigIntVector) batch.getVector(0);
                for (int i = 0; i < numbers.getValueCount(); i++) {
                    sum += numbers.get(i);
                }
            }
        } finally {
            kept.forEach(VectorSchemaRoot::close);
        }
        assertThat(rows).isEqualTo(100_000);
        assertThat(sum).isEqualTo(100_000L * 100_001 / 2);
    }

    private static List<String> texts(FlightInfo info, String column) throws Exception {
        List<String> texts = new ArrayList<>();
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            while (stream.next()) {
                for (int i = 0; i < stream.getRoot().getRowCount(); i++) {
                    texts.add(String.valueOf(stream.getRoot().getVector(column).getObject(i)));
                }
            }
        }
        return texts;
    }
}
