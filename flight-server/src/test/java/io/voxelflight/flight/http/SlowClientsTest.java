package io.voxelflight.flight.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take their time, go away, or leave things unsaid: they cost bounded memory and no thread. */
@Timeout(60)
class SlowClientsTest {
    private static final String LARGE = "/block?dataset_id=v&z=0&y=0&x=0&size=128&format=raw";
    private static final int LARGE_BYTES = 128 * 128 * 128 * 2;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // each test opens its own
    private HttpFixture http;

    private Dataset open(HttpLimits limits) {
        http = new HttpFixture(memory.allocator(), folder, opener -> opener, Doorkeeper.OPEN, limits);
        return http.volumes.add("v", ElementType.UINT16, "zyx", Extent.zyx(140, 130, 128), new BlockShape(64, 64, 64));
    }

    private static HttpLimits idle(Duration idle) {
        return new HttpLimits(8 << 10, idle, 10_000, 1 << 20, 4 << 20);
    }

    @AfterEach
    void close() {
        http.close();
    }

    private void everythingComesBack() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(http.flight.blocks.gate().running()).isZero();
            assertThat(http.flight.blocks.budget().taken()).isZero();
            assertThat(http.flight.blocks.allocatedBytes()).isZero();
        });
    }

    private void othersAreServed() {
        assertThat(http.get("/block?dataset_id=v&z=100&y=0&x=0&size=16").statusCode())
                .isEqualTo(200);
    }

    @Test
    void slowReadersHoldABlockAndNoThreadAndGetEveryByte() throws Exception {
        open(HttpLimits.DEFAULT);
        byte[] expected = http.get(LARGE).body();
        assertThat(expected).hasSize(LARGE_BYTES);
        List<RawHttp> readers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            readers.add(new RawHttp(http).get(LARGE));
        }
        for (RawHttp reader : readers) {
            assertThat(reader.head()).startsWith("HTTP/1.1 200");
        }
        for (int i = 0; i < 5; i++) {
            for (RawHttp reader : readers) {
                assertThat(reader.read(1)).containsExactly(expected[i]);
            }
            othersAreServed();
        }
        assertThat(http.flight.blocks.gate().running()).isGreaterThanOrEqualTo(10);
        assertThat(http.flight.blocks.allocatedBytes()).isLessThan(11L * LARGE_BYTES);
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(Thread.getAllStackTraces().values()).noneMatch(trace -> Arrays.stream(trace)
                                .anyMatch(frame -> frame.getClassName().contains("eclipse.jetty.util.Blocker"))));
        for (int i = 0; i < readers.size(); i++) {
            if (i % 2 == 0) {
                readers.get(i).reset();
            } else {
                assertThat(readers.get(i).read(LARGE_BYTES - 5))
                        .isEqualTo(Arrays.copyOfRange(expected, 5, LARGE_BYTES));
                readers.get(i).close();
            }
        }
        everythingComesBack();
    }

    @Test
    void clientsOfAStreamThatGoLeaveNothing() throws Exception {
        open(HttpLimits.DEFAULT);
        String command = "{\"dataset\":\"v\",\"block\":[64,64,64]}";
        for (int i = 0; i < 20; i++) {
            RawHttp reader = new RawHttp(http)
                    .send("POST /blocks HTTP/1.1\r\nHost: h\r\nContent-Length: " + command.length() + "\r\n\r\n"
                            + command);
            assertThat(reader.read(1 << (i % 20))).isNotEmpty();
            if (i % 2 == 0) {
                reader.reset();
            } else {
                reader.close();
            }
        }
        everythingComesBack();
        othersAreServed();
    }

    @Test
    void whoTakesNothingAtAllIsHungUpOn() throws Exception {
        open(idle(Duration.ofSeconds(1)));
        try (RawHttp reader = new RawHttp(http).get(LARGE)) {
            everythingComesBackAfterTheStart();
            assertThat(reader.rest().length()).isLessThan(LARGE_BYTES);
        }
    }

    private void everythingComesBackAfterTheStart() {
        Awaitility.await().until(() -> http.flight.blocks.gate().running() == 1);
        everythingComesBack();
    }

    @Test
    void idleAndHalfOpenConnectionsDoNotStopOthersAndAreClosed() throws Exception {
        open(idle(Duration.ofSeconds(2)));
        List<RawHttp> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 2000; i++) {
                RawHttp client = new RawHttp(http);
                silent.add(client);
                switch (i % 4) {
                    case 0 -> client.send("GET /dat");
                    case 1 -> client.send("GET /datasets HTTP/1.1\r\nHost: h\r\nX-Half");
                    case 2 -> client.send("POST /blocks HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{");
                    default -> {
                        // says nothing
                    }
                }
            }
            othersAreServed();
            for (int i = 0; i < 16; i++) {
                silent.get(i).rest(); // ends: the server hangs up
            }
            othersAreServed();
        } finally {
            for (RawHttp client : silent) {
                client.close();
            }
        }
    }

    @Test
    void bodiesAreBoundedOneByOneAndTogether() throws Exception {
        open(idle(Duration.ofSeconds(20)));
        String post = "POST /blocks HTTP/1.1\r\nHost: h\r\n";
        try (RawHttp client = new RawHttp(http).send(post + "Content-Length: 1048577\r\n\r\n")) {
            assertThat(client.head()).startsWith("HTTP/1.1 413").contains("application/problem+json");
        }
        try (RawHttp client = new RawHttp(http).send(post + "Transfer-Encoding: chunked\r\n\r\n")) {
            String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
            for (int i = 0; i < 17; i++) {
                client.send(chunk);
            }
            assertThat(client.head()).startsWith("HTTP/1.1 413");
        }
        List<RawHttp> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(new RawHttp(http).send(post + "Content-Length: 1048576\r\n\r\n{"));
        }
        Awaitility.await().untilAsserted(() -> {
            HttpResponse<byte[]> refused = http.send("POST", "/blocks", BodyPublishers.ofString("{}"));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        });
        for (RawHttp client : waiting) {
            client.close();
        }
        Awaitility.await().untilAsserted(() -> assertThat(http.send("POST", "/blocks", BodyPublishers.ofString("{}"))
                        .statusCode())
                .isEqualTo(400));
    }

    @Test
    void damagedVoxelsAreAnErrorAndNeverAWholeAnswer() throws Exception {
        Dataset dataset = open(HttpLimits.DEFAULT);
        Path last;
        try (Stream<Path> files = Files.walk(Path.of(URI.create(dataset.location())))) {
            last = files.filter(file -> file.toString().matches(".*/0/c/1/1/0"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.write(last, new byte[(int) Files.size(last)]);

        HttpResponse<byte[]> one = http.get("/block?dataset_id=v&z=130&y=129&x=0&size=8");
        assertThat(one.statusCode())
                .as(new String(one.body(), StandardCharsets.UTF_8))
                .isEqualTo(500);
        assertThat(new String(one.body(), StandardCharsets.UTF_8)).contains("CORRUPT_DATA");

        String command = "{\"dataset\":\"v\",\"block\":[64,64,64]}";
        try (RawHttp client = new RawHttp(http)
                .send("POST /blocks HTTP/1.1\r\nHost: h\r\nContent-Length: " + command.length() + "\r\n\r\n"
                        + command)) {
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(client.rest()).doesNotEndWith("0\r\n\r\n"); // the end of a whole answer
        } catch (IOException reset) {
            // as good
        }
        everythingComesBack();
        othersAreServed();
    }
}
