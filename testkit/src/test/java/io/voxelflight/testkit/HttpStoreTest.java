package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.RetryPolicy;
import io.voxelflight.blockio.fetch.StoreSettings;
import io.voxelflight.blockio.fetch.Stores;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.testkit.FaultProxy.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers of files as they are met on the web. */
@Timeout(60)
class HttpStoreTest {
    private static final byte[] CONTENT = new byte[100_000];
    private static final StoreSettings SETTINGS = StoreSettings.DEFAULT.withRetry(RetryPolicy.NEVER);

    static {
        new Random(7).nextBytes(CONTENT);
    }

    private final Stores stores = new Stores();

    @AfterEach
    void end() {
        stores.close();
    }

    private static byte[] fetch(ByteStore store, String key, ByteRange range) {
        ByteStore.Fetched fetched = Objects.requireNonNull(store.fetch(
                key, range, bytes -> ByteBuffer.allocateDirect(Math.toIntExact(bytes)), new Cancellation()));
        byte[] bytes = new byte[fetched.bytes().remaining()];
        fetched.bytes().get(bytes);
        return bytes;
    }

    private static void readsWell(ByteStore store, String key) {
        assertThat(fetch(store, key, ByteRange.WHOLE)).isEqualTo(CONTENT);
        assertThat(fetch(store, key, new ByteRange.Span(500, 1000))).isEqualTo(Arrays.copyOfRange(CONTENT, 500, 1500));
        assertThat(fetch(store, key, new ByteRange.Tail(777)))
                .isEqualTo(Arrays.copyOfRange(CONTENT, CONTENT.length - 777, CONTENT.length));
        assertThat(store.size(key)).hasValue(CONTENT.length);
    }

    private static void fails(ErrorCode code, String words, Runnable read) {
        assertThatThrownBy(read::run)
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    @Test
    void aServerThatIgnoresRangesIsReadWholeUpToTheLimit() {
        try (TestHttp server = TestHttp.start("max_ranges 0;")) {
            server.put("o", CONTENT);
            readsWell(stores.open(server.uri(), SETTINGS), "o");
            ByteStore limited = stores.open(server.uri(), SETTINGS.withUnrangedBytes(CONTENT.length - 1));
            assertThat(fetch(limited, "o", ByteRange.WHOLE)).isEqualTo(CONTENT);
            fails(ErrorCode.UNSUPPORTED, "ignores ranges", () -> fetch(limited, "o", new ByteRange.Span(500, 1000)));
            fails(ErrorCode.CORRUPT_DATA, "100000 bytes", () -> fetch(limited, "o", new ByteRange.Tail(100_001)));
        }
    }

    @Test
    void aServerThatLikesToCompressSendsTheBytesAsTheyAre() {
        try (TestHttp server = TestHttp.start("gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;")) {
            server.put("o", new byte[50_000]);
            ByteStore store = stores.open(server.uri(), SETTINGS);
            assertThat(fetch(store, "o", ByteRange.WHOLE)).isEqualTo(new byte[50_000]);
            assertThat(store.size("o")).hasValue(50_000);
        }
    }

    @Test
    void anObjectThatIsOnlyThereCompressedIsUndoneWhole() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(CONTENT);
        }
        try (TestHttp server = TestHttp.start("add_header Content-Encoding gzip;")) {
            server.put("o", compressed.toByteArray());
            ByteStore store = stores.open(server.uri(), SETTINGS);
            assertThat(fetch(store, "o", ByteRange.WHOLE)).isEqualTo(CONTENT);
            assertThat(store.size("o")).hasValue(CONTENT.length);
            fails(ErrorCode.UNAVAILABLE, "gzip", () -> fetch(store, "o", new ByteRange.Span(0, 10)));
            ByteStore limited = stores.open(server.uri(), SETTINGS.withUnrangedBytes(CONTENT.length - 1));
            fails(ErrorCode.UNAVAILABLE, "more than 99999 bytes", () -> fetch(limited, "o", ByteRange.WHOLE));
        }
        try (TestHttp server = TestHttp.start("add_header Content-Encoding gzip; max_ranges 0;")) {
            server.put("o", compressed.toByteArray());
            readsWell(stores.open(server.uri(), SETTINGS), "o");
        }
    }

    @Test
    void redirectsAreFollowedUntilThereAreTooMany() {
        try (TestHttp server =
                TestHttp.start("rewrite ^/old/(.*)$ /new/$1 permanent; rewrite ^/round/(.*)$ /round/x$1 redirect;")) {
            server.put("new/o", CONTENT);
            readsWell(stores.open(URI.create(server.uri() + "/old"), SETTINGS), "o");
            ByteStore round = stores.open(URI.create(server.uri() + "/round/"), SETTINGS);
            fails(ErrorCode.UNAVAILABLE, "redirect", () -> round.size("o"));
        }
    }

    @Test
    void aFolderIsNoObject() {
        try (TestHttp server = TestHttp.start("autoindex on;")) {
            server.put("folder/o", CONTENT);
            ByteStore store = stores.open(server.uri(), SETTINGS);
            assertThat(store.size("folder")).isEmpty();
            assertThat(store.fetch(
                            "folder", ByteRange.WHOLE, bytes -> ByteBuffer.allocateDirect(0), new Cancellation()))
                    .isNull();
        }
    }

    @Test
    void theQueryGoesWithEveryRequestAndStaysOutOfMessages() {
        try (TestHttp server = TestHttp.start();
                FaultProxy proxy = FaultProxy.before(server)) {
            server.put("v/o", CONTENT);
            URI signed = URI.create("http://127.0.0.1:" + proxy.port() + "/v?signature=s3cr%2Bet&until=5");
            ByteStore store = stores.open(signed, SETTINGS);
            readsWell(store, "o");
            assertThat(proxy.heads()).allSatisfy(head -> assertThat(head.lines().findFirst())
                    .hasValueSatisfying(line -> assertThat(line).contains(" /v/o?signature=s3cr%2Bet&until=5 ")));
            assertThat(proxy.heads())
                    .allSatisfy(head -> assertThat(head).containsIgnoringCase("accept-encoding: identity"));
            proxy.always(FaultProxy.status(403));
            assertThatThrownBy(() -> store.size("o")).satisfies(e -> {
                for (Throwable one = e; one != null; one = one.getCause()) {
                    assertThat(String.valueOf(one.getMessage())).doesNotContain("s3cr");
                }
            });
        }
    }

    @Test
    void aServerThatRefusesHeadIsAskedForTheFirstByte() {
        try (TestHttp server = TestHttp.start();
                FaultProxy proxy = FaultProxy.before(server)) {
            server.put("o", CONTENT);
            server.put("empty", new byte[0]);
            ByteStore store = stores.open(server.uri("127.0.0.1", proxy.port()), SETTINGS);
            for (int status : new int[] {403, 405, 501}) {
                proxy.next(FaultProxy.status(status));
                assertThat(store.size("o")).hasValue(CONTENT.length);
                proxy.next(FaultProxy.status(status));
                assertThat(store.size("empty")).hasValue(0);
                proxy.next(FaultProxy.status(status));
                assertThat(store.size("nothing")).isEmpty();
            }
        }
    }

    @Test
    void aBodyOfUnknownLengthIsReadIfItsEndCanBeTold() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/o", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0); // in chunks
                exchange.getResponseBody().write(CONTENT);
            }
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            readsWell(stores.open(uri, SETTINGS), "o");
            ByteStore limited = stores.open(uri, SETTINGS.withUnrangedBytes(CONTENT.length - 1));
            fails(ErrorCode.UNAVAILABLE, "99999", () -> fetch(limited, "o", ByteRange.WHOLE));
        } finally {
            server.stop(0);
        }
        try (TestHttp files = TestHttp.start();
                FaultProxy proxy = FaultProxy.before(files)) {
            files.put("o", CONTENT);
            proxy.always(new Fault.Header("Content-Length", "")); // ends where the connection ends, or breaks
            ByteStore store = stores.open(files.uri("127.0.0.1", proxy.port()), SETTINGS);
            fails(ErrorCode.UNAVAILABLE, "how long", () -> fetch(store, "o", ByteRange.WHOLE));
        }
    }
}
