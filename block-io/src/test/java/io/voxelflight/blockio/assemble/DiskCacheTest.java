package io.voxelflight.blockio.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DiskCacheTest {
    private static final int MIB = 1 << 20;
    private static final int PER_SLAB = (int) (DiskCache.SLAB_BYTES / MIB);

    @TempDir
    Path folder;

    @Test
    void whatIsPutIsFoundUntilMoreIsPutThanFits() {
        try (DiskCache cache = DiskCache.open(folder, 2 * DiskCache.SLAB_BYTES)) {
            for (int i = 0; i < 2 * PER_SLAB; i++) {
                cache.put(i, piece(i, MIB));
            }
            assertThat(holds(cache, 0, MIB)).isTrue(); // and is now the one used last
            cache.put(1000, piece(1000, MIB));
            assertThat(holds(cache, 0, MIB)).isTrue();
            assertThat(holds(cache, 1, MIB)).isFalse();
            assertThat(holds(cache, 2, MIB)).isTrue();
            assertThat(holds(cache, 1000, MIB)).isTrue();
            DiskCacheStatistics now = cache.statistics();
            assertThat(now.bytes()).isEqualTo(now.limitBytes()).isEqualTo(2 * DiskCache.SLAB_BYTES);
            assertThat(now.chunks()).isEqualTo(2 * PER_SLAB);
            assertThat(now.evictions()).isEqualTo(1);
            assertThat(now.hits()).isEqualTo(4);
            assertThat(now.misses()).isEqualTo(1);
        }
    }

    @Test
    void aPinnedPieceStaysWhereItIs() {
        try (DiskCache cache = DiskCache.open(folder, DiskCache.SLAB_BYTES)) {
            cache.put("kept", piece(7, MIB));
            try (DiskCache.Pin pin = Objects.requireNonNull(cache.find("kept"))) {
                for (int i = 0; i < 3 * PER_SLAB; i++) {
                    cache.put(i, piece(i, MIB));
                }
                cache.forgetAll(key -> true);
                for (int i = 0; i < PER_SLAB; i++) {
                    cache.put(i, piece(i, MIB));
                }
                cache.put("other size", piece(1, 5000)); // would need the whole slab
                assertThat(pin.bytes()).isEqualTo(piece(7, MIB));
            }
            assertThat(cache.find("kept")).isNull();
            assertThat(cache.find("other size")).isNull();
            cache.put("other size", piece(1, 5000));
            assertThat(holds(cache, "other size", 1, 5000)).isTrue();
        }
    }

    @Test
    void aSizeThatNeedsRoomTakesASlabFromTheSizeUsedLongestAgo() {
        try (DiskCache cache = DiskCache.open(folder, 2 * DiskCache.SLAB_BYTES)) {
            for (int i = 0; i < PER_SLAB; i++) {
                cache.put("old" + i, piece(i, MIB));
            }
            for (int i = 0; i < PER_SLAB / 2; i++) {
                cache.put("new" + i, piece(i, 2 * MIB));
            }
            cache.put("third", piece(3, 3 * MIB));
            assertThat(holds(cache, "third", 3, 3 * MIB)).isTrue();
            assertThat(holds(cache, "new0", 0, 2 * MIB)).isTrue();
            assertThat(cache.find("old5")).isNull();
        }
    }

    @Test
    void piecesOfAnyLengthComeBackExactly() {
        try (DiskCache cache = DiskCache.open(folder, 8 * DiskCache.SLAB_BYTES)) {
            int[] lengths = {1, 4095, 4096, 4097, 100_000, 2 * MIB + 1, (int) DiskCache.SLAB_BYTES};
            for (int length : lengths) {
                cache.put(length, piece(length, length));
            }
            for (int length : lengths) {
                assertThat(holds(cache, length, length)).isTrue();
            }
            cache.put("nothing", piece(0, 0));
            cache.put("too large", ByteBuffer.allocateDirect((int) DiskCache.SLAB_BYTES + 1));
            assertThat(cache.find("nothing")).isNull();
            assertThat(cache.find("too large")).isNull();
        }
    }

    @Test
    void itsFileHasNoNameSoThatNobodyTruncatesItAndACrashLeavesNothing() throws IOException {
        try (DiskCache cache = DiskCache.open(folder.resolve("made"), DiskCache.SLAB_BYTES);
                Stream<Path> files = Files.list(folder.resolve("made"))) {
            cache.put(1, piece(1, MIB));
            assertThat(files).isEmpty();
            assertThat(holds(cache, 1, MIB)).isTrue();
        }
    }

    @Test
    void whatCannotBeIsRefusedInWords() throws IOException {
        assertThatThrownBy(() -> DiskCache.open(folder, 1000))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("1000 bytes");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> DiskCache.open(file, DiskCache.SLAB_BYTES))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining(file.toString());
    }

    @Test
    void manyThreadsNeverSeeAnotherPiecesBytes() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try (DiskCache cache = DiskCache.open(folder, 3 * DiskCache.SLAB_BYTES)) {
            List<Future<Integer>> workers = new ArrayList<>();
            for (int worker = 0; worker < 6; worker++) {
                long seed = worker;
                workers.add(pool.submit(() -> churn(cache, new Random(seed))));
            }
            int found = 0;
            for (Future<Integer> worker : workers) {
                found += worker.get();
            }
            assertThat(found).isPositive();
            assertThat(cache.statistics().bytes()).isLessThanOrEqualTo(3 * DiskCache.SLAB_BYTES);
            assertThat(cache.statistics().evictions()).isPositive();
        } finally {
            pool.shutdownNow();
        }
    }

    private static int churn(DiskCache cache, Random random) {
        int found = 0;
        for (int i = 0; i < 600; i++) {
            int key = random.nextInt(200);
            int length = (1 + key % 3) * MIB;
            if (random.nextInt(3) == 0) {
                cache.put(key, piece(key, length));
            } else if (random.nextInt(100) == 0) {
                cache.forgetAll(each -> each.equals(key));
            } else {
                found += holds(cache, key, length) ? 1 : 0;
            }
        }
        return found;
    }

    private static boolean holds(DiskCache cache, int key, int length) {
        return holds(cache, key, key, length);
    }

    private static boolean holds(DiskCache cache, Object key, int content, int length) {
        try (DiskCache.Pin pin = cache.find(key)) {
            if (pin == null) {
                return false;
            }
            assertThat(pin.bytes().equals(piece(content, length)))
                    .as("bytes of %s", key)
                    .isTrue();
            return true;
        }
    }

    private static ByteBuffer piece(int content, int length) {
        ByteBuffer piece = ByteBuffer.allocateDirect(length);
        for (int i = 0; i + 8 <= length; i += 8) {
            piece.putLong(i, content * 1_000_003L + i);
        }
        return piece;
    }
}
