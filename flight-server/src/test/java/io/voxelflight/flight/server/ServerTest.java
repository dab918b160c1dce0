package io.voxelflight.flight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.http.zarr.AllowedOrigins;
import io.voxelflight.model.ServiceException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole server in one process: it starts on an empty home, answers, refuses what cannot be, and gives all back. */
class ServerTest {
    private static final long MIB = 1L << 20;

    @TempDir
    private Path folder;

    @Test
    void startsOnAnEmptyHomeAnswersAndStops() throws Exception {
        Home home = new Home(folder.resolve("home"));
        Server server = Server.start(home, Map.of(), settings(0, 0));
        try {
            assertThat(RunningServer.find(home))
                    .hasValueSatisfying(found -> assertThat(found.uri()).isEqualTo(server.flightUri()));
            assertThat(get(server.httpUri() + "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(server.httpUri() + "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(server.httpUri() + "/metrics").body())
                    .contains("voxelflight_cache_limit_bytes 1.6777216E7")
                    .contains("voxelflight_cache_hits_total 0.0")
                    .contains("voxelflight_stream_bytes 0.0")
                    .contains("jvm_memory_used_bytes");
            try (BufferAllocator allocator = new RootAllocator();
                    FlightClient client = FlightClient.builder(allocator, new Location(server.flightUri()))
                            .build()) {
                assertThat(client.listFlights(Criteria.ALL)).isEmpty();
            }
            assertThatThrownBy(() -> Server.start(home, Map.of(), settings(0, 0)))
                    .isInstanceOf(ServiceException.class)
                    .hasMessageContaining(server.flightUri());
            assertThat(get(server.httpUri() + "/health/ready").statusCode())
                    .as("the refused one took nothing away")
                    .isEqualTo(200);
        } finally {
            server.close();
        }
        assertThat(RunningServer.isClaimed(home)).isFalse();
        try (Server again = Server.start(home, Map.of(), settings(0, 0))) {
            assertThat(get(again.httpUri() + "/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aTakenPortIsNamedAndNothingStaysBehind() throws Exception {
        Home home = new Home(folder.resolve("home"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> Server.start(home, Map.of(), settings(port, 0)))
                    .isInstanceOf(ServiceException.class)
                    .hasMessageContaining("port " + port)
                    .hasMessageContaining("--flight-port");
            assertThatThrownBy(() -> Server.start(home, Map.of(), settings(0, port)))
                    .isInstanceOf(ServiceException.class)
                    .hasMessageContaining("port " + port)
                    .hasMessageContaining("--http-port");
        }
        assertThat(RunningServer.isClaimed(home)).isFalse();
        Server.start(home, Map.of(), settings(0, 0)).close();
    }

    @Test
    void moreMemoryThanThereIsIsRefusedBeforeAnythingStarts() {
        Home home = new Home(folder.resolve("home"));
        ServerSettings greedy = new ServerSettings(
                "127.0.0.1",
                0,
                0,
                null,
                1L << 50,
                4,
                16 * MIB,
                16 * MIB,
                16 * MIB,
                null,
                true,
                ServerSettings.AccessSettings.OFF,
                new ServerSettings.ZarrSettings(128 * MIB, AllowedOrigins.ALL),
                true);
        assertThatThrownBy(() -> Server.start(home, Map.of(), greedy))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("1024 TiB")
                .hasMessageContaining("--cache");
        assertThat(home.root()).doesNotExist();
    }

    private static ServerSettings settings(int flightPort, int httpPort) {
        return new ServerSettings(
                "127.0.0.1",
                flightPort,
                httpPort,
                null,
                16 * MIB,
                4,
                16 * MIB,
                16 * MIB,
                16 * MIB,
                null,
                true,
                ServerSettings.AccessSettings.OFF,
                new ServerSettings.ZarrSettings(128 * MIB, AllowedOrigins.ALL),
                true);
    }

    private static HttpResponse<String> get(String uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
