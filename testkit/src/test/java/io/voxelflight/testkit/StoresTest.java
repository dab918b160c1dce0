package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.ObjectLister;
import io.voxelflight.blockio.fetch.RetryPolicy;
import io.voxelflight.blockio.fetch.StoreSettings;
import io.voxelflight.blockio.fetch.Stores;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Locations, their options, and credentials. */
@Timeout(60)
class StoresTest {
    private static final StoreSettings SETTINGS = StoreSettings.DEFAULT.withRetry(RetryPolicy.NEVER);

    private final Stores stores = new Stores();

    @AfterEach
    void end() {
        stores.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s3://b/p?regoin=x | INVALID_ARGUMENT | 'regoin'",
                "s3://b/p?anonymous=yes | INVALID_ARGUMENT | anonymous='yes'",
                "s3://b/p?anonymous | INVALID_ARGUMENT | true or false",
                "s3://b/p?region=a&region=b | INVALID_ARGUMENT | twice",
                "s3://b/p?endpoint=ftp://x | INVALID_ARGUMENT | endpoint",
                "s3://b/p?endpoint=http://me:hush@x | INVALID_ARGUMENT | endpoint",
                "s3:///p | INVALID_ARGUMENT | BUCKET",
                "s3://key:hush@b/p | INVALID_ARGUMENT | BUCKET",
                "gs://b/p?region=x | INVALID_ARGUMENT | 'region'",
                "gs://b/p#x | INVALID_ARGUMENT | '#'",
                "http://me:hush@host/p | INVALID_ARGUMENT | passwords",
                "http:///p | INVALID_ARGUMENT | HOST",
                "ftp://host/p | UNSUPPORTED | 'ftp:'",
                "relative/p | UNSUPPORTED | file, http",
                "file://host/p | INVALID_ARGUMENT | folder",
            })
    void aLocationThatIsNotUnderstoodIsRefusedByName(String location, ErrorCode code, String words) {
        assertThatThrownBy(() -> stores.open(URI.create(location), SETTINGS))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words)
                .hasMessageNotContaining("hush");
    }

    @Test
    void aLocalFolderIsReadAndPrefixesAreFoundWithOrWithoutSlash(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("o"), "hello");
        try (ByteStore local = stores.open(folder.toUri(), SETTINGS)) {
            assertThat(local.size("o")).hasValue(5);
            assertThat(local.isRemote()).isFalse();
        }
        for (TestServer server : new TestServer[] {TestHttp.start(), TestS3.start(), TestGcs.start()}) {
            try (server) {
                Files.createDirectories(folder.resolve("deep/er"));
                Files.writeString(folder.resolve("deep/er/x"), "deep");
                server.uploadFolder(folder);
                for (String path : new String[] {"/deep/er", "/deep/er/"}) {
                    String uri = server.uri().toString();
                    int query = uri.indexOf('?') < 0 ? uri.length() : uri.indexOf('?');
                    try (ByteStore store =
                            stores.open(URI.create(uri.substring(0, query) + path + uri.substring(query)), SETTINGS)) {
                        assertThat(store.size("x")).hasValue(4);
                        assertThat(store.describe("x")).endsWith("/deep/er/x");
                        assertThat(store.isRemote()).isTrue();
                    }
                }
            }
        }
        assertThat(stores.statistics()).containsOnlyKeys("gs", "http", "s3");
    }

    @Test
    void closedStoresOpenNothing() {
        stores.close();
        assertThatThrownBy(() -> stores.open(URI.create("http://127.0.0.1:1/x"), SETTINGS))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void storesThatAreStillOpenWhenAllIsClosedFailAtOnce() {
        for (TestServer server : new TestServer[] {TestHttp.start(), TestS3.start(), TestGcs.start()}) {
            try (server;
                    Stores ending = new Stores()) {
                server.put("o", new byte[5]);
                ByteStore store = ending.open(server.uri(), StoreSettings.DEFAULT);
                assertThat(store.size("o")).hasValue(5);
                ending.close();
                long started = System.nanoTime();
                assertThatThrownBy(() -> store.size("o"))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.UNAVAILABLE));
                assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    @Test
    void s3SignsWithTheCredentialsOfTheSdksOwnChain() {
        try (TestS3 server = TestS3.start("some-key-id", "correct-hush")) {
            server.put("o", new byte[] {1, 2, 3});
            withSecret("correct-hush", () -> {
                try (ByteStore store = stores.open(server.uri(), SETTINGS)) {
                    assertThat(store.size("o")).hasValue(3);
                    assertThat(store.size("nothing")).isEmpty();
                }
            });
            try (Stores others = new Stores()) {
                withSecret("wrong-hush", () -> refused(others.open(server.uri(), SETTINGS)));
            }
            refused(stores.open(URI.create(server.uri() + "&anonymous=true"), SETTINGS));
        }
    }

    private static void withSecret(String secret, Runnable work) {
        System.setProperty("aws.accessKeyId", "some-key-id");
        System.setProperty("aws.secretAccessKey", secret);
        try {
            work.run();
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    private static void refused(ByteStore store) {
        for (Runnable read : new Runnable[] {
            () -> store.size("o"), () -> store.fetch("o", ByteRange.WHOLE, StoresTest::room, new Cancellation())
        }) {
            assertThatThrownBy(read::run)
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                    .hasMessageContaining("403")
                    .hasMessageContaining("s3://volumes/")
                    .hasMessageNotContaining("hush");
        }
    }

    private static ByteBuffer room(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes));
    }

    @Test
    void aBucketThatIsNotThereIsAnErrorAndNoMissingObject() {
        try (TestS3 s3 = TestS3.start();
                TestGcs gcs = TestGcs.start()) {
            for (TestServer server : new TestServer[] {s3, gcs}) {
                URI other = URI.create(server.uri().toString().replace("//volumes", "//another-one"));
                ByteStore store = stores.open(other, SETTINGS);
                assertThatThrownBy(() -> store.fetch("o", ByteRange.WHOLE, StoresTest::room, new Cancellation()))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.UNAVAILABLE))
                        .hasMessageContaining("another-one");
                assertThatThrownBy(() -> store.size("o"))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.UNAVAILABLE))
                        .hasMessageContaining("bucket");
            }
        }
    }

    @Test
    void whoPaysIsSaidInEveryRequest() {
        try (TestS3 s3 = TestS3.start();
                TestGcs gcs = TestGcs.start();
                FaultProxy beforeS3 = FaultProxy.before(s3);
                FaultProxy beforeGcs = FaultProxy.before(gcs)) {
            URI payingS3 = URI.create(s3.uri("127.0.0.1", beforeS3.port()) + "&requester-pays=true");
            URI payingGcs = URI.create(gcs.uri("127.0.0.1", beforeGcs.port()) + "&project=our-lab");
            for (ByteStore store : List.of(stores.open(payingS3, SETTINGS), stores.open(payingGcs, SETTINGS))) {
                assertThat(store.size("o")).isEmpty();
                assertThat(store.fetch("o", ByteRange.WHOLE, StoresTest::room, new Cancellation()))
                        .isNull();
            }
            assertThat(beforeS3.heads()).isNotEmpty().allSatisfy(head -> assertThat(head)
                    .containsIgnoringCase("x-amz-request-payer: requester"));
            assertThat(beforeGcs.heads()).isNotEmpty().allSatisfy(head -> assertThat(head)
                    .contains("userProject=our-lab"));
        }
    }

    @Test
    void namesOfManyPagesAreListed() {
        try (TestGcs gcs = TestGcs.start()) {
            gcs.pageNames(3);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                gcs.put("p/" + i, new byte[1]);
                gcs.put("p/f" + i + "/x", new byte[1]);
                expected.add(Integer.toString(i));
                expected.add("f" + i + "/");
            }
            ObjectLister store = (ObjectLister) stores.open(gcs.uri(), SETTINGS);
            assertThat(store.list("p", 100)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
