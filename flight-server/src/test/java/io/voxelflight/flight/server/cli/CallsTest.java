package io.voxelflight.flight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Server;
import io.voxelflight.flight.server.ServerSettings;
import io.voxelflight.flight.server.SmallServer;
import io.voxelflight.flight.usage.RequestLog;
import io.voxelflight.model.Quota;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** A server with keys, used by all doors: what each call leaves in the log, in the tables and in what a key may still take. */
@Timeout(180)
class CallsTest {
    private static final String BLOCKS = "{\"dataset\":\"cells\",\"block\":[64,64,64],\"origins\":[[0,0,0],[1,2,3]]}";
    private static final int BLOCK_BYTES = 64 * 64 * 64;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void callsAreLimitedCountedAndLogged() throws Exception {
        GeneratedVolume.write(folder.resolve("cells.npy"));
        succeed("ingest", folder.resolve("cells.npy").toString(), "--name", "cells");
        String reader = succeed("keys", "create", "--name", "reads");
        String other = succeed("keys", "create", "--name", "other", "--datasets", "none*");
        String slow = succeed("keys", "create", "--name", "slow", "--rate", "0.01/s", "--sql-seconds", "0.001");
        String admin = succeed("keys", "create", "--name", "boss", "--role", "admin");
        Logger log = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Logger requests = (Logger) LoggerFactory.getLogger(RequestLog.NAME);
        requests.setLevel(Level.INFO); // as in the server's own logback.xml
        lines.start();
        log.addAppender(lines);
        try {
            use(reader, other, slow, admin);
        } finally {
            log.detachAppender(lines);
            requests.setLevel(null);
        }
        // written at the close of the server
        Map<String, JsonNode> keys = usage("key");
        assertThat(of(keys, "reads").path("blocks").asLong()).isEqualTo(2);
        assertThat(of(keys, "reads").path("bytes").asLong()).isGreaterThan(2L * BLOCK_BYTES);
        assertThat(of(keys, "reads").path("chunks").asLong())
                .as("each block lies in the first chunk")
                .isEqualTo(2);
        assertThat(of(keys, "reads").path("cache_hits").asLong())
                .as("which is decoded once")
                .isEqualTo(1);
        assertThat(of(keys, "other").path("blocks").asLong()).isZero();
        assertThat(keys).containsKeys("slow", "boss", "stranger");
        Map<String, JsonNode> datasets = usage("dataset");
        assertThat(of(datasets, "cells").path("blocks").asLong()).isEqualTo(2);
        assertThat(usage("door")).containsKeys("flight", "sql", "http");
        assertThat(usage("day")).hasSize(1);

        succeed("keys", "revoke", "slow");
        JsonNode audit = new ObjectMapper().readTree(succeed("keys", "audit", "--json"));
        assertThat(audit).hasSize(5);
        assertThat(audit.get(0).path("action").asText()).isEqualTo("revoke");
        assertThat(audit.get(0).path("details").path("name").asText()).isEqualTo("slow");
        assertThat(audit.toString()).doesNotContain(secret(slow));

        List<Map<String, String>> calls = calls();
        Map<String, String> stream = calls.stream()
                .filter(call -> call.containsKey("blocks"))
                .findFirst()
                .orElseThrow();
        assertThat(stream)
                .containsEntry("caller", "reads")
                .containsEntry("door", "flight")
                .containsEntry("method", "DoGet")
                .containsEntry("dataset", "cells")
                .containsEntry("status", "OK")
                .containsEntry("blocks", "2")
                .containsEntry("bytes", String.valueOf(2 * BLOCK_BYTES))
                .containsEntry("chunks", "2")
                .containsEntry("cache_hits", "1")
                .containsKeys("request", "ms", "address");
        assertThat(calls)
                .anySatisfy(call -> assertThat(call)
                        .containsEntry("caller", "reads")
                        .containsEntry("door", "sql")
                        .containsEntry("method", "DoGet")
                        .containsEntry("status", "OK"))
                .anySatisfy(call -> assertThat(call)
                        .containsEntry("caller", "boss")
                        .containsEntry("method", "GET /metrics")
                        .containsEntry("status", "OK"))
                .anySatisfy(call ->
                        assertThat(call).containsEntry("caller", "stranger").containsEntry("status", "UNAUTHENTICATED"))
                .anySatisfy(call ->
                        assertThat(call).containsEntry("caller", "slow").containsEntry("status", "RESOURCE_EXHAUSTED"))
                .anySatisfy(call ->
                        assertThat(call).containsEntry("caller", "other").containsEntry("status", "NOT_FOUND"));
        assertThat(calls.stream().map(call -> call.get("request"))).doesNotHaveDuplicates();
        JsonLines json = new JsonLines();
        for (ILoggingEvent line : List.copyOf(lines.list)) {
            String text = new String(json.encode(line), StandardCharsets.UTF_8);
            assertThat(new ObjectMapper().readTree(text).isObject()).isTrue();
            for (String key : List.of(reader, other, slow, admin)) {
                assertThat(text).doesNotContain(secret(key)).doesNotContain(base64(key));
            }
        }
    }

    private void use(String reader, String other, String slow, String admin) throws Exception {
        try (Server server = Server.start(new Home(folder.resolve("home")), Map.of(), settings());
                BufferAllocator allocator = new RootAllocator();
                FlightClient client = FlightClient.builder(allocator, new Location(server.flightUri()))
                        .build();
                FlightSqlClient sql = new FlightSqlClient(client)) {
            FlightDescriptor blocks = FlightDescriptor.command(BLOCKS.getBytes(StandardCharsets.UTF_8));
            assertThat(read(client, client.getInfo(blocks, bearer(reader)), reader))
                    .isEqualTo(2);
            assertThatThrownBy(() -> client.getInfo(blocks, bearer(other)))
                    .isInstanceOf(FlightRuntimeException.class)
                    .hasMessageContaining("NOT_FOUND");
            assertThat(read(client, sql.execute("SELECT count(*) FROM chunks", bearer(reader)), reader))
                    .isEqualTo(1);

            // a key is shown its own use only, and none of datasets that it may not see
            Awaitility.await().until(() -> number(client, sql, "SELECT sum(blocks) FROM usage", reader) == 2);
            assertThat(number(client, sql, "SELECT sum(chunks) * 10 + sum(cache_hits) FROM usage", reader))
                    .isEqualTo(21);
            assertThat(number(client, sql, "SELECT count(*) FROM block_access", reader))
                    .isEqualTo(2);
            assertThat(number(client, sql, "SELECT count(DISTINCT caller) FROM usage", reader))
                    .isEqualTo(1);
            assertThat(number(client, sql, "SELECT count(*) FROM block_access", other))
                    .isZero();
            assertThat(number(client, sql, "SELECT count(*) FROM usage WHERE dataset = 'cells'", other))
                    .isZero();
            assertThat(number(client, sql, "SELECT count(*) FROM block_access", admin))
                    .isEqualTo(2);

            // one request in a hundred seconds
            client.listFlights(Criteria.ALL, bearer(slow)).forEach(flight -> {});
            assertThatThrownBy(
                            () -> client.listFlights(Criteria.ALL, bearer(slow)).forEach(flight -> {}))
                    .isInstanceOfSatisfying(FlightRuntimeException.class, e -> {
                        assertThat(e.status().code()).isEqualTo(FlightStatusCode.RESOURCE_EXHAUSTED);
                        assertThat(e.status().metadata().get("retry-after-ms")).matches("\\d{4,6}");
                    })
                    .hasMessageContaining("'slow' makes more than 0.01 requests/s: try again in ");
            HttpResponse<String> refused = get(server.httpUri() + "/metrics", "Bearer " + slow);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after"))
                    .hasValueSatisfying(seconds -> assertThat(seconds).matches("\\d{1,3}"));
            assertThat(refused.body()).contains("RESOURCE_EXHAUSTED").contains("try again in");

            assertThat(get(server.httpUri() + "/metrics", "Basic " + base64("user:" + admin))
                            .body())
                    .contains("voxelflight_usage_dropped_total 0.0")
                    .contains("voxelflight_access_log_dropped_total 0.0");
            assertThat(get(server.httpUri() + "/metrics?key=" + admin, "Bearer wrong" + admin)
                            .statusCode())
                    .isEqualTo(401);
            assertThat(get(server.httpUri() + "/" + admin, "Bearer " + admin).statusCode())
                    .isEqualTo(404);
        }
    }

    private static long number(FlightClient client, FlightSqlClient sql, String statement, String key)
            throws Exception {
        FlightInfo info = sql.execute(statement, bearer(key));
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket(), bearer(key))) {
            assertThat(stream.next()).isTrue();
            Object value = stream.getRoot().getVector(0).getObject(0);
            return value == null ? 0 : Long.parseLong(value.toString());
        }
    }

    private static int read(FlightClient client, FlightInfo info, String key) throws Exception {
        int rows = 0;
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            try (FlightStream stream = client.getStream(endpoint.getTicket(), bearer(key))) {
                while (stream.next()) {
                    rows += stream.getRoot().getRowCount();
                }
            }
        }
        return rows;
    }

    private static CallOption bearer(String key) {
        CallHeaders headers = new FlightCallHeaders();
        headers.insert("authorization", "Bearer " + key);
        return new HeaderCallOption(headers);
    }

    private HttpResponse<String> get(String uri, String authorization) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .header("authorization", authorization)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private List<Map<String, String>> calls() {
        return lines.list.stream()
                .filter(line -> line.getLoggerName().equals(RequestLog.NAME))
                .map(line -> {
                    Map<String, String> fields = new HashMap<>();
                    for (KeyValuePair field : line.getKeyValuePairs()) {
                        fields.put(field.key, String.valueOf(field.value));
                    }
                    return fields;
                })
                .toList();
    }

    private Map<String, JsonNode> usage(String by) throws IOException {
        Map<String, JsonNode> sums = new HashMap<>();
        for (JsonNode sum : new ObjectMapper().readTree(succeed("usage", "--by", by, "--since", "2h", "--json"))) {
            sums.put(sum.path(by).asText(), sum);
        }
        return sums;
    }

    private static JsonNode of(Map<String, JsonNode> sums, String name) {
        return sums.getOrDefault(name, MissingNode.getInstance());
    }

    private static String secret(String key) {
        return key.substring(key.lastIndexOf("_", key.length() - 43) + 1);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ServerSettings settings() {
        return SmallServer.settings(
                new ServerSettings.AccessSettings(true, null, null),
                new ServerSettings.CallSettings(Quota.NONE, null, 1, 30, true));
    }

    private String succeed(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] all = Stream.concat(
                        Stream.of(args),
                        Stream.of("--home", folder.resolve("home").toString()))
                .toArray(String[]::new);
        assertThat(Commands.run(new PrintWriter(out), new PrintWriter(err), all))
                .as(String.join(" ", args) + ": " + err)
                .isZero();
        return out.toString().strip();
    }
}
