package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.ObjectLister;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link ByteStore} does. */
@Timeout(60)
public abstract class ByteStoreContract {
    private static final byte[] CONTENT = new byte[100_000];

    static {
        new Random(5).nextBytes(CONTENT);
    }

    /** A store that holds exactly these objects. */
    protected abstract ByteStore open(Map<String, byte[]> objects) throws Exception;

    @Test
    void sizesAreExactAndWhatIsMissingHasNone() throws Exception {
        try (ByteStore store = open(Map.of("a/b/c", CONTENT, "empty", new byte[0]))) {
            assertThat(store.size("a/b/c")).hasValue(CONTENT.length);
            assertThat(store.size("empty")).hasValue(0);
            assertThat(store.size("nothing")).isEmpty();
            assertThat(store.size("a/b")).isEmpty(); // a prefix is no object
        }
    }

    @Test
    void rangesAreReadExactlyIntoTheRoomGiven() throws Exception {
        try (ByteStore store = open(Map.of("o", CONTENT))) {
            for (int[] range : new int[][] {{0, 100_000}, {0, 1}, {99_999, 1}, {777, 5000}, {50, 0}, {100_000, 0}}) {
                ByteBuffer room = ByteBuffer.allocateDirect(range[1] + 20);
                room.position(10).limit(10 + range[1]);
                assertThat(store.read("o", range[0], room)).isTrue();
                assertThat(room.remaining()).isZero();
                byte[] read = new byte[range[1] + 20];
                room.clear().get(read);
                byte[] expected = new byte[read.length]; // nothing beside the room is touched
                System.arraycopy(CONTENT, range[0], expected, 10, range[1]);
                assertThat(read).isEqualTo(expected);
            }
        }
    }

    @Test
    void keysOfUnusualCharactersAreFound() throws Exception {
        Map<String, byte[]> objects = new HashMap<>();
        for (String key : new String[] {"a b/c+d", "\u00fc\u65e5/o", "x#y/50%", "q?r=1&s", "t;u,v=(1)~'!$@:*", "%41"}) {
            objects.put(key, key.getBytes(StandardCharsets.UTF_8));
        }
        try (ByteStore store = open(objects)) {
            for (String key : objects.keySet()) {
                byte[] expected = key.getBytes(StandardCharsets.UTF_8);
                assertThat(store.size(key)).as(key).hasValue(expected.length);
                ByteBuffer room = ByteBuffer.allocate(expected.length);
                assertThat(store.read(key, 0, room)).as(key).isTrue();
                assertThat(room.array()).as(key).isEqualTo(expected);
            }
            assertThat(store.size("A")).isEmpty();
        }
    }

    @Test
    void aKeyThatLeadsOutIsRefused() throws Exception {
        try (ByteStore store = open(Map.of("o", CONTENT))) {
            assertThatThrownBy(() -> store.size("a/../../o"))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA));
        }
    }

    @Test
    void namesBelowAPrefixAreListedWhereTheStoreCan() throws Exception {
        try (ByteStore store =
                open(Map.of("p/a/1", CONTENT, "p/a/2/x", CONTENT, "p/b", CONTENT, "pq", CONTENT, "r/s/t", CONTENT))) {
            if (!(store instanceof ObjectLister lister)) {
                return; // HTTP has no request for that
            }
            assertThat(lister.list("", 10)).containsExactlyInAnyOrder("p/", "pq", "r/");
            assertThat(lister.list("p", 10)).containsExactlyInAnyOrder("a/", "b");
            assertThat(lister.list("p/a", 2)).containsExactlyInAnyOrder("1", "2/");
            assertThat(lister.list("nothing", 10)).isEmpty();
            assertThatThrownBy(() -> lister.list("p/a", 1))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED));
        }
    }

    @Test
    void aMissingObjectIsAValueAndLeavesTheRoomAsItWas() throws Exception {
        try (ByteStore store = open(Map.of("o", CONTENT))) {
            ByteBuffer room = ByteBuffer.allocateDirect(8);
            assertThat(store.read("missing", 0, room)).isFalse();
            assertThat(room.position()).isZero();
            assertThat(room.limit()).isEqualTo(8);
        }
    }

    @Test
    void anObjectThatEndsTooSoonIsCorruptAndNamed() throws Exception {
        try (ByteStore store = open(Map.of("folder/o", CONTENT))) {
            for (long offset : new long[] {99_990, 100_001, Long.MAX_VALUE - 100}) {
                assertThatThrownBy(() -> store.read("folder/o", offset, ByteBuffer.allocateDirect(20)))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.CORRUPT_DATA))
                        .hasMessageContaining(store.describe("folder/o"));
            }
            assertThat(store.describe("folder/o")).contains("folder/o");
        }
    }

    @Test
    void fetchesGiveExactlyTheRangeAndTheSizeOfTheObject() throws Exception {
        try (ByteStore store = open(Map.of("a/o", CONTENT, "empty", new byte[0]))) {
            check(store, ByteRange.WHOLE, 0, CONTENT.length);
            check(store, new ByteRange.Span(777, 5000), 777, 5777);
            check(store, new ByteRange.Span(99_999, 1), 99_999, 100_000);
            check(store, new ByteRange.Tail(1), 99_999, 100_000);
            check(store, new ByteRange.Tail(4321), 95_679, 100_000);
            check(store, new ByteRange.Tail(100_000), 0, 100_000);
            ByteStore.Fetched empty = Objects.requireNonNull(
                    store.fetch("empty", ByteRange.WHOLE, ByteStoreContract::room, new Cancellation()));
            assertThat(empty.bytes().remaining()).isZero();
            assertThat(empty.objectBytes()).isZero();
        }
    }

    private static void check(ByteStore store, ByteRange range, int from, int to) {
        ByteStore.Fetched fetched = Objects.requireNonNull(
                store.fetch("a/o", range, ByteStoreContract::room, new Cancellation()), "nothing for " + range);
        byte[] bytes = new byte[fetched.bytes().remaining()];
        fetched.bytes().get(bytes);
        assertThat(bytes).as("%s", range).isEqualTo(Arrays.copyOfRange(CONTENT, from, to));
        assertThat(fetched.objectBytes()).as("%s", range).isEqualTo(CONTENT.length);
    }

    private static ByteBuffer room(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes));
    }

    @Test
    void aFetchOfWhatIsMissingTakesNoRoom() throws Exception {
        try (ByteStore store = open(Map.of("o", CONTENT))) {
            for (ByteRange range : new ByteRange[] {ByteRange.WHOLE, new ByteRange.Span(5, 5), new ByteRange.Tail(5)}) {
                assertThat(store.fetch("missing", range, ByteStoreContract::noRoom, new Cancellation()))
                        .isNull();
            }
        }
    }

    private static ByteBuffer noRoom(long bytes) {
        throw new AssertionError("room for " + bytes + " bytes was asked for");
    }

    @Test
    void aFetchBeyondTheEndIsCorruptAndNamed() throws Exception {
        try (ByteStore store = open(Map.of("folder/o", CONTENT))) {
            for (ByteRange range : new ByteRange[] {
                new ByteRange.Span(99_990, 11),
                new ByteRange.Span(100_001, 1),
                new ByteRange.Span(Long.MAX_VALUE - 100, 20),
                new ByteRange.Tail(100_001)
            }) {
                assertThatThrownBy(() -> store.fetch("folder/o", range, ByteStoreContract::room, new Cancellation()))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.CORRUPT_DATA))
                        .hasMessageContaining(store.describe("folder/o"));
            }
        }
    }

    @Test
    void roomThatIsRefusedEndsTheFetchWithThatError() throws Exception {
        try (ByteStore store = open(Map.of("o", CONTENT))) {
            ServiceException tooLarge = new ServiceException(ErrorCode.RESOURCE_EXHAUSTED, "too large");
            assertThatThrownBy(() -> store.fetch(
                            "o",
                            ByteRange.WHOLE,
                            bytes -> {
                                throw tooLarge;
                            },
                            new Cancellation()))
                    .isSameAs(tooLarge);
            assertThat(store.size("o")).hasValue(CONTENT.length); // as good as before
        }
    }

    @Test
    void aCancelledFetchSaysSo() throws Exception {
        try (ByteStore store = open(Map.of("o", CONTENT))) {
            Cancellation cancellation = new Cancellation();
            cancellation.cancel();
            assertThatThrownBy(() -> store.fetch("o", ByteRange.WHOLE, ByteStoreContract::room, cancellation))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        }
    }

    @Test
    void manyThreadsReadAtOnce() throws Exception {
        try (ByteStore store = open(Map.of("o", CONTENT, "p", CONTENT))) {
            assertThat(IntStream.range(0, 2000).parallel().allMatch(i -> {
                        int offset = (i * 37) % 90_000;
                        ByteBuffer room = ByteBuffer.allocate(5000);
                        return store.read(i % 2 == 0 ? "o" : "p", offset, room)
                                && Arrays.equals(room.array(), Arrays.copyOfRange(CONTENT, offset, offset + 5000));
                    }))
                    .isTrue();
        }
    }

    @Test
    void aClosedStoreSaysSo() throws Exception {
        ByteStore store = open(Map.of("o", CONTENT));
        store.close();
        store.close();
        assertThatThrownBy(() -> store.size("o"))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }
}
