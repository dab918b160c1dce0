package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.RetryPolicy;
import io.voxelflight.blockio.fetch.StoreSettings;
import io.voxelflight.blockio.fetch.StoreStatistics;
import io.voxelflight.blockio.fetch.Stores;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.testkit.FaultProxy.Fault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a remote store does when its network or its server fails. */
@Timeout(60)
abstract class StoreFaultContract {
    private static final byte[] CONTENT = new byte[300_000];
    private static final RetryPolicy QUICK =
            new RetryPolicy(4, Duration.ofMillis(1), Duration.ofMillis(4), Duration.ofSeconds(5));
    private static final StoreSettings SETTINGS = StoreSettings.DEFAULT
            .withRetry(QUICK)
            .withTimeouts(Duration.ofSeconds(2), Duration.ofMillis(700), Duration.ofSeconds(20));

    static {
        new Random(6).nextBytes(CONTENT);
    }

    private TestServer server;
    private FaultProxy proxy;
    private Stores stores;
    private ByteStore store;

    abstract TestServer server();

    /** The kind of store in statistics. */
    abstract String kind();

    @BeforeEach
    void start() {
        server = server();
        server.put("a/o", CONTENT);
        proxy = FaultProxy.before(server);
        stores = new Stores();
        store = open(SETTINGS);
    }

    private ByteStore open(StoreSettings settings) {
        return stores.open(server.uri("127.0.0.1", proxy.port()), settings);
    }

    @AfterEach
    void end() {
        store.close();
        stores.close();
        proxy.close();
        server.close();
        Awaitility.await("no thread is left")
                .atMost(Duration.ofSeconds(20))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("store-")));
    }

    private static ByteStore.@Nullable Fetched fetch(ByteStore from, ByteRange range) {
        return from.fetch("a/o", range, StoreFaultContract::room, new Cancellation());
    }

    private static ByteBuffer room(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes));
    }

    private void readsWell(ByteStore from) {
        for (ByteRange range :
                List.of(ByteRange.WHOLE, new ByteRange.Span(1000, 200_000), new ByteRange.Tail(150_000))) {
            check(fetch(from, range), range);
        }
    }

    private static void check(ByteStore.@Nullable Fetched found, ByteRange range) {
        ByteStore.Fetched fetched = Objects.requireNonNull(found, "nothing was found");
        int start = range instanceof ByteRange.Span ? 1000 : range instanceof ByteRange.Tail ? 150_000 : 0;
        int length = range instanceof ByteRange.Span ? 200_000 : CONTENT.length - start;
        byte[] bytes = new byte[fetched.bytes().remaining()];
        fetched.bytes().get(bytes);
        assertThat(Arrays.equals(bytes, Arrays.copyOfRange(CONTENT, start, start + length)))
                .as("the bytes of %s", range)
                .isTrue();
        assertThat(fetched.objectBytes()).isEqualTo(CONTENT.length);
    }

    private ServiceException failure(ErrorCode code) {
        ServiceException[] caught = new ServiceException[1];
        assertThatThrownBy(() -> fetch(store, new ByteRange.Span(1000, 200_000)))
                .isInstanceOfSatisfying(ServiceException.class, e -> caught[0] = e)
                .hasMessageContaining(store.describe("a/o"));
        assertThat(caught[0].code()).as(caught[0].line()).isEqualTo(code);
        assertThat(caught[0].line()).doesNotContain("\n");
        return caught[0];
    }

    private StoreStatistics statistics() {
        return Objects.requireNonNull(stores.statistics().get(kind()));
    }

    @Test
    void withoutFaultsEachFetchIsOneRequest() {
        readsWell(store);
        assertThat(proxy.requests()).isEqualTo(3);
        assertThat(statistics()).isEqualTo(new StoreStatistics(3, 650_000, 0, 0));
    }

    @Test
    void aSlowBodyArrives() {
        proxy.always(new Fault.Slow(100_000, Duration.ofMillis(100)));
        readsWell(store);
        assertThat(statistics().retries()).isZero();
    }

    @Test
    void whatFailsInPassingIsAskedForAgain() {
        List<Fault> passing = List.of(
                FaultProxy.status(503),
                FaultProxy.status(500),
                FaultProxy.status(429),
                FaultProxy.status(408),
                new Fault.Reset(0),
                new Fault.Reset(150_000),
                new Fault.Truncated(0),
                new Fault.Truncated(150_000),
                new Fault.Hang(-1),
                new Fault.Hang(150_000));
        for (Fault fault : passing) {
            proxy.next(fault);
            int before = proxy.requests();
            check(fetch(store, new ByteRange.Span(1000, 200_000)), new ByteRange.Span(1000, 200_000));
            assertThat(proxy.requests() - before).as("requests after %s", fault).isEqualTo(2);
        }
        assertThat(statistics().retries()).isEqualTo(passing.size());
        assertThat(statistics().failures()).isZero();
    }

    @Test
    void severalFaultsInARowAreRiddenOut() {
        proxy.next(FaultProxy.status(503), new Fault.Reset(10), new Fault.Truncated(299_000));
        check(fetch(store, ByteRange.WHOLE), ByteRange.WHOLE);
        assertThat(proxy.requests()).isEqualTo(4);
    }

    @Test
    void roomIsTakenOnceThoughRequestsAreMadeAgain() {
        List<Long> taken = new ArrayList<>();
        proxy.next(new Fault.Reset(200_000), new Fault.Truncated(100));
        ByteStore.Fetched fetched = store.fetch(
                "a/o",
                ByteRange.WHOLE,
                bytes -> {
                    taken.add(bytes);
                    return room(bytes);
                },
                new Cancellation());
        check(fetched, ByteRange.WHOLE);
        assertThat(taken).containsExactly((long) CONTENT.length);
    }

    @Test
    void a503ForEverIsGivenUpNamingObjectAttemptsAndCause() {
        proxy.always(FaultProxy.status(503));
        assertThat(failure(ErrorCode.UNAVAILABLE).line()).contains("503").contains("4 attempts");
        assertThat(proxy.requests()).isEqualTo(4);
        assertThat(statistics()).isEqualTo(new StoreStatistics(4, 0, 3, 1));
        assertThatThrownBy(() -> store.size("a/o"))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("503");
    }

    @Test
    void bodiesThatAlwaysEndTooSoonOrAreResetAreGivenUp() {
        for (Fault fault : List.of(new Fault.Truncated(1000), new Fault.Reset(1000))) {
            proxy.always(fault);
            assertThat(failure(ErrorCode.UNAVAILABLE).line()).contains("4 attempts");
        }
        assertThat(proxy.requests()).isEqualTo(8);
    }

    @Test
    void aServersRetryAfterIsHonoured() {
        proxy.next(FaultProxy.status(429, "Retry-After: 1"));
        long started = System.nanoTime();
        check(fetch(store, ByteRange.WHOLE), ByteRange.WHOLE);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(proxy.requests()).isEqualTo(2);
    }

    @Test
    void aServerThatAsksForTooLongAWaitIsNotWaitedFor() {
        proxy.always(FaultProxy.status(429, "Retry-After: 3600"));
        assertThat(failure(ErrorCode.UNAVAILABLE).line()).contains("3600 s").contains("429");
        assertThat(proxy.requests()).isEqualTo(1);
    }

    @Test
    void whatIsRefusedIsNotAskedForAgain() {
        for (int status : new int[] {400, 401, 403}) {
            int before = proxy.requests();
            proxy.always(FaultProxy.status(status));
            String line = failure(ErrorCode.UNAVAILABLE).line();
            assertThat(line).contains(Integer.toString(status));
            if (status == 403) {
                assertThat(line).contains("not be listed");
            }
            assertThat(proxy.requests() - before).isEqualTo(1);
        }
    }

    @Test
    void aMissingObjectIsAValueAndNoFailure() {
        assertThat(store.fetch("a/nothing", ByteRange.WHOLE, StoreFaultContract::room, new Cancellation()))
                .isNull();
        assertThat(store.size("a/nothing")).isEmpty();
        assertThat(statistics().failures()).isZero();
        assertThat(statistics().retries()).isZero();
    }

    @Test
    void announcedLengthsThatAreWrongAreErrors() {
        proxy.always(new Fault.WrongLength(7));
        failure(ErrorCode.UNAVAILABLE);
        proxy.always(new Fault.WrongLength(-7));
        failure(ErrorCode.UNAVAILABLE);
        proxy.always(new Fault.Header("Content-Range", "bytes 0-199999/300000")); // another range than asked for
        failure(ErrorCode.UNAVAILABLE);
        proxy.always(new Fault.Header("Content-Range", "bytes 1000-200999/150000"));
        failure(ErrorCode.UNAVAILABLE);
        proxy.always(new Fault.Header("Content-Range", "nonsense"));
        failure(ErrorCode.UNAVAILABLE);
    }

    @Test
    void anotherContentEncodingThanAskedForIsRefused() {
        for (String encoding : new String[] {"br", "gzip"}) { // gzip can be undone for a whole object only
            proxy.always(new Fault.Header("Content-Encoding", encoding));
            assertThat(failure(ErrorCode.UNAVAILABLE).line()).contains(encoding);
        }
        assertThatThrownBy(() -> fetch(store, ByteRange.WHOLE)) // what it is not
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("gzip");
    }

    @Test
    void aServerThatIsGoneIsAnErrorThatNamesTheObject() {
        proxy.close();
        assertThat(failure(ErrorCode.UNAVAILABLE).line()).contains("4 attempts");
    }

    @Test
    void cancellationEndsARequestAndAWaitWithin100Milliseconds() throws Exception {
        ByteStore patient =
                open(SETTINGS.withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60)));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            for (Fault fault :
                    List.of(new Fault.Hang(-1), new Fault.Hang(1000), FaultProxy.status(503, "Retry-After: 4"))) {
                proxy.next(fault);
                int before = proxy.requests();
                Cancellation cancellation = new Cancellation();
                CompletableFuture<Throwable> ended = CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                patient.fetch("a/o", ByteRange.WHOLE, StoreFaultContract::room, cancellation);
                                return new AssertionError("it was not cancelled");
                            } catch (ServiceException e) {
                                return e;
                            }
                        },
                        thread);
                Awaitility.await().until(() -> proxy.requests() > before);
                long started = System.nanoTime();
                cancellation.cancel();
                Throwable how = ended.get(10, TimeUnit.SECONDS);
                long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
                assertThat(how).isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.CANCELLED));
                assertThat(took).as("milliseconds after %s", fault).isLessThan(100);
                Awaitility.await("the server is told").until(() -> proxy.running() == 0);
            }
        } finally {
            thread.shutdownNow();
            patient.close();
        }
    }

    @Test
    void roomOfAnAbandonedRequestIsNotTouchedAnyMore() {
        proxy.next(new Fault.Slow(50_000, Duration.ofMillis(300)));
        ByteStore hasty = open(SETTINGS.withRetry(RetryPolicy.NEVER)
                .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofMillis(500)));
        ByteBuffer[] room = new ByteBuffer[1];
        assertThatThrownBy(() -> hasty.fetch(
                        "a/o",
                        ByteRange.WHOLE,
                        bytes -> {
                            room[0] = room(bytes);
                            return room[0];
                        },
                        new Cancellation()))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("not through");
        ByteBuffer all = room[0].duplicate().clear();
        while (all.hasRemaining()) {
            all.put((byte) 77);
        }
        Awaitility.await().until(() -> proxy.running() == 0);
        ByteBuffer after = room[0].duplicate().clear();
        while (after.hasRemaining()) {
            assertThat(after.get()).isEqualTo((byte) 77);
        }
        hasty.close();
    }

    @Test
    void noMoreRequestsRunThanTheLimitAndAWaitingOneCanBeCancelled() throws Exception {
        ByteStore narrow = open(SETTINGS.withConcurrentRequests(3));
        proxy.always(new Fault.Slow(100_000, Duration.ofMillis(20)));
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                all.add(CompletableFuture.runAsync(
                        () -> check(fetch(narrow, ByteRange.WHOLE), ByteRange.WHOLE), threads));
            }
            for (CompletableFuture<Void> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
            assertThat(proxy.mostRunning()).isGreaterThan(1); // side by side; that they are at most 3 is seen below

            proxy.always(new Fault.Hang(-1));
            Cancellation cancellation = new Cancellation();
            int before = proxy.requests();
            List<CompletableFuture<Throwable>> stuck = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                stuck.add(CompletableFuture.supplyAsync(
                                () -> narrow.fetch("a/o", ByteRange.WHOLE, StoreFaultContract::room, cancellation),
                                threads)
                        .handle((fetched, failure) -> failure == null ? new AssertionError() : failure));
            }
            Awaitility.await().until(() -> proxy.requests() == before + 3);
            cancellation.cancel();
            for (CompletableFuture<Throwable> one : stuck) {
                assertThat(one.get(5, TimeUnit.SECONDS)).hasRootCauseInstanceOf(ServiceException.class);
            }
            assertThat(proxy.requests()).isEqualTo(before + 3);
        } finally {
            threads.shutdownNow();
            narrow.close();
        }
    }
}
