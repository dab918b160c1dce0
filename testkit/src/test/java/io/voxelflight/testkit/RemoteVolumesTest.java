package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.blockio.fetch.RetryPolicy;
import io.voxelflight.blockio.fetch.StoreSettings;
import io.voxelflight.blockio.fetch.StoreStatistics;
import io.voxelflight.blockio.fetch.Stores;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.testkit.FaultProxy.Fault;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real volumes of every format, read from servers whose network fails now and then, have every voxel right. */
@Timeout(180)
class RemoteVolumesTest {
    private static final Fault[] TROUBLE = {
        FaultProxy.NONE,
        FaultProxy.status(503),
        FaultProxy.NONE,
        new Fault.Reset(40),
        new Fault.Slow(2000, Duration.ofMillis(2)),
        new Fault.Truncated(30),
        FaultProxy.NONE,
        FaultProxy.status(429),
        FaultProxy.NONE,
        new Fault.Reset(0),
        FaultProxy.NONE
    };

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @ParameterizedTest
    @ValueSource(strings = {"http", "s3", "gs"})
    void volumesAreWholeThoughTheNetworkFails(String kind) throws Exception {
        Map<String, SharedData.ExpectedArray> arrays = arrays();
        Path root = SharedData.require("expected.json").resolve("..").normalize();
        StoreSettings settings = StoreSettings.DEFAULT.withRetry(
                new RetryPolicy(12, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(1)));
        try (TestServer server = server(kind);
                FaultProxy proxy = FaultProxy.before(server);
                Stores stores = new Stores();
                ChunkCache cache = new ChunkCache(memory.allocator(), 16 << 20)) {
            for (String folder : new String[] {"zarr_v2", "zarr_v3", "n5", "precomputed"}) {
                upload(server, root, root.resolve(folder));
            }
            StoredVolumeOpener opener = new StoredVolumeOpener(
                    memory.allocator(), cache, ReadLimits.DEFAULT, null, location -> stores.open(location, settings));
            String place = server.uri("127.0.0.1", proxy.port()).toString();
            int query = place.indexOf('?') < 0 ? place.length() : place.indexOf('?');
            for (Map.Entry<String, SharedData.ExpectedArray> one : arrays.entrySet()) {
                proxy.next(TROUBLE);
                URI location = URI.create(place.substring(0, query) + "/" + one.getKey() + place.substring(query));
                try (VolumeReader volume = opener.open(location)) {
                    assertThat(digest(volume.levels().get(0)))
                            .as(one.getKey())
                            .isEqualTo(one.getValue().sha256());
                }
            }
            StoreStatistics statistics =
                    Objects.requireNonNull(stores.statistics().get(kind));
            assertThat(statistics.retries()).isGreaterThan(2L * arrays.size());
            assertThat(statistics.failures()).isZero();
        }
    }

    private static TestServer server(String kind) {
        return switch (kind) {
            case "http" -> TestHttp.start();
            case "s3" -> TestS3.start();
            default -> TestGcs.start();
        };
    }

    private static void upload(TestServer server, Path root, Path folder) throws Exception {
        try (var all = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                server.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
    }

    private static Map<String, SharedData.ExpectedArray> arrays() throws Exception {
        JsonNode all =
                new ObjectMapper().readTree(SharedData.require("expected.json").toFile());
        Map<String, SharedData.ExpectedArray> arrays = new TreeMap<>();
        Iterable<String> keys = all::fieldNames;
        for (String key : keys) {
            SharedData.ExpectedArray expected = SharedData.expected(key);
            boolean text = expected.all().path("note").asText().equals("string type");
            if (key.matches("(zarr_v|n5/|precomputed/).*") && !expected.sha256().isEmpty() && !text) {
                arrays.put(key.replaceFirst(" \\(.*", ""), expected);
            }
        }
        return arrays;
    }

    private String digest(ArrayReader array) throws Exception {
        long bytes = array.extent().voxels() * array.elementType().bytes();
        try (ArrowBuf voxels = memory.allocator().buffer(bytes)) {
            array.readBox(Box.of(array.extent()), voxels, new Cancellation());
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer all = voxels.nioBuffer(0, (int) bytes);
            digest.update(all);
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
