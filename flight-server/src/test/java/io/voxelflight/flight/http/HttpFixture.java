package io.voxelflight.flight.http;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.voxelflight.blockio.assemble.VolumeOpener;
import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.DatasetDetails;
import io.voxelflight.catalog.api.LevelStatistics;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.admission.Limits;
import io.voxelflight.flight.http.api.DatasetRoutes;
import io.voxelflight.flight.http.blocks.BlockRoutes;
import io.voxelflight.flight.rpc.DoorFixture;
import io.voxelflight.flight.rpc.TestVolumes;
import io.voxelflight.flight.usage.CallReports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.memory.BufferAllocator;

/** An HTTP port over volumes of a test, beside a Flight port. Closing it leaves the allocator empty, or fails the test. */
public final class HttpFixture implements AutoCloseable {
    private static final int STREAMS = 16;
    private static final long STREAM_BYTES = 64 << 20;

    static final DatasetDetails NO_DETAILS = new DatasetDetails() {
        @Override
        public List<Acquisition> acquisitions(UUID dataset) {
            return List.of();
        }

        @Override
        public List<LevelStatistics> statistics(UUID dataset, long mostChunks) {
            return List.of(new LevelStatistics(1, 2, 3, 4.0, 5.0, 4.5, null, 1));
        }
    };

    public final DoorFixture flight;
    public final TestVolumes volumes;
    public final HttpDoor door;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public HttpFixture(BufferAllocator root, Path folder) {
        this(root, folder, opener -> opener, Doorkeeper.OPEN, HttpLimits.DEFAULT);
    }

    public HttpFixture(
            BufferAllocator root,
            Path folder,
            UnaryOperator<VolumeOpener> around,
            Doorkeeper doorkeeper,
            HttpLimits limits) {
        flight = new DoorFixture(
                root,
                folder,
                DoorFixture.settings(true),
                STREAMS,
                STREAM_BYTES,
                around,
                new NoOpFlightSqlProducer(),
                doorkeeper);
        volumes = flight.volumes;
        RequestBodies bodies = new RequestBodies(limits);
        door = HttpDoor.start(
                new HttpDoorSettings("127.0.0.1", 0, null, limits),
                doorkeeper,
                Limits.NONE,
                CallReports.NONE,
                Optional::empty,
                metrics,
                List.of(
                        new DatasetRoutes(flight.blocks.planner(), NO_DETAILS),
                        new BlockRoutes(flight.blocks, bodies)));
    }

    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + door.port() + pathAndQuery);
    }

    /** @param headers names and values in turn */
    public HttpResponse<byte[]> get(String pathAndQuery, String... headers) {
        return send("GET", pathAndQuery, HttpRequest.BodyPublishers.noBody(), headers);
    }

    public HttpResponse<byte[]> send(
            String method, String pathAndQuery, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(pathAndQuery)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public Socket socket() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), door.port());
    }

    @Override
    public void close() {
        door.close();
        flight.close();
        metrics.close();
    }
}
