package io.voxelflight.blockio.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.LocalStore;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.Metadata;
import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.blockio.format.ZarrV3;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Blocks whose chunks lie where a request takes long, and chunks that go to the disk cache and come back. */
@Timeout(60)
class RemoteReadTest {
    private static final List<Axis> ZYX = List.of(Axis.Z, Axis.Y, Axis.X);
    private static final BlockShape CHUNK = new BlockShape(8, 8, 8);
    private static final Extent EXTENT = Extent.zyx(44, 40, 50);
    private static final int CHUNKS = 6 * 5 * 7;

    @TempDir
    Path folder;

    private final Reference whole = new Reference(EXTENT, ElementType.UINT16, 3);
    private final BufferAllocator root = new RootAllocator();
    private final ExecutorService threads = Executors.newFixedThreadPool(32);
    private @Nullable RemoteLikeStore store;

    @BeforeEach
    void write() {
        whole.write(folder, ZYX, StorageLayout.sharded(CHUNK, new BlockShape(16, 16, 16), 1), root);
    }

    @AfterEach
    void everythingIsGivenBack() {
        threads.shutdownNow();
        if (store != null) {
            store.close();
        }
        root.close();
    }

    private ChunkedArrayReader open(ChunkCache cache, ReadLimits limits) throws Exception {
        return open(cache, limits, null);
    }

    private ChunkedArrayReader open(ChunkCache cache, ReadLimits limits, @Nullable DiskCache stored) throws Exception {
        RemoteLikeStore remote = new RemoteLikeStore(new LocalStore(folder, 16));
        store = remote;
        String place = "0/zarr.json";
        ArrayMetadata array =
                ZarrV3.array(Metadata.parse(Files.readAllBytes(folder.resolve(place)), place), null, place);
        ZarrShards shards = new ZarrShards(array, "0", remote, 1 << 20);
        return new ChunkedArrayReader(
                new ChunkLoader(array, remote, shards, root, stored), cache, root, threads, limits);
    }

    private RemoteLikeStore remote() {
        return java.util.Objects.requireNonNull(store);
    }

    private void check(ArrayReader array, Point origin, BlockShape shape) {
        try (ArrowBuf block = array.readBlock(origin, shape, root, new Cancellation())) {
            byte[] expected = whole.cut(Box.at(origin, shape));
            assertThat(ReadBlockTest.bytes(block, expected.length)).isEqualTo(expected);
        }
    }

    @Test
    void randomBlocksAreExact() throws Exception {
        ReadLimits few = new ReadLimits(1 << 20, 1 << 20, 8, 8, 5, 300, 4000);
        try (ChunkCache cache = new ChunkCache(root, 40_000)) {
            ChunkedArrayReader array = open(cache, few);
            Random random = new Random(5);
            for (int i = 0; i < 150; i++) {
                BlockShape shape =
                        new BlockShape(1 + random.nextInt(30), 1 + random.nextInt(30), 1 + random.nextInt(30));
                check(
                        array,
                        Point.zyx(
                                random.nextInt(44),
                                random.nextInt(40) - (random.nextInt(4) == 0 ? 1 : 0),
                                random.nextInt(50)),
                        shape);
            }
            cache.forgetAll(array);
        }
    }

    @Test
    void theChunksOfABlockAreFetchedSideBySideAndNearRangesAsOne() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, 1 << 20)) {
            ChunkedArrayReader array = open(cache, ReadLimits.DEFAULT);
            RemoteLikeStore remote = remote();
            remote.gate = new CountDownLatch(1);
            // the corner where eight shards meet, one chunk of each
            CompletableFuture<Void> read = CompletableFuture.runAsync(() -> check(array, Point.zyx(12, 12, 28), CHUNK));
            Awaitility.await().until(() -> remote.requests.size() == 8); // all indexes at once
            remote.gate.countDown();
            read.join();
            assertThat(remote.requests).hasSizeBetween(8, 16);
            assertThat(remote.mostAtOnce.get()).isBetween(8, 16);
            remote.requests.clear();
            check(array, Point.zyx(32, 16, 32), new BlockShape(12, 16, 16)); // all chunks of one shard
            assertThat(remote.requests).hasSizeLessThanOrEqualTo(2);
            remote.requests.clear();
            check(array, Point.zyx(33, 17, 31), new BlockShape(9, 7, 8)); // in the cache
            assertThat(remote.requests).hasSizeLessThanOrEqualTo(3); // but for one column of chunks
        }
    }

    @Test
    void aFailedFetchNamesItsObjectAndTheNextReadWorks() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, 1 << 20)) {
            ChunkedArrayReader array = open(cache, ReadLimits.DEFAULT);
            RemoteLikeStore remote = remote();
            remote.failure = new ServiceException(ErrorCode.UNAVAILABLE, "remote:0/c/2/2/2 cannot be read: it is down");
            remote.fails = request -> request.key().equals("0/c/2/2/2") && request.range() instanceof ByteRange.Span;
            assertThatThrownBy(() -> check(array, Point.zyx(28, 28, 28), new BlockShape(12, 12, 12)))
                    .isSameAs(remote.failure);
            remote.fails = request -> false;
            check(array, Point.zyx(28, 28, 28), new BlockShape(12, 12, 12));
        }
    }

    @Test
    void aCancelledReadEndsItsRequestsAndLeavesNothing() throws Exception {
        try (ChunkCache cache = new ChunkCache(root, 1 << 20)) {
            ChunkedArrayReader array = open(cache, ReadLimits.DEFAULT);
            RemoteLikeStore remote = remote();
            remote.gate = new CountDownLatch(1);
            Cancellation cancellation = new Cancellation();
            CompletableFuture<ArrowBuf> read = CompletableFuture.supplyAsync(
                    () -> array.readBlock(Point.zyx(12, 12, 12), CHUNK, root, cancellation));
            Awaitility.await().until(() -> remote.requests.size() == 8);
            cancellation.cancel();
            assertThatThrownBy(read::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        }
        assertThat(root.getAllocatedMemory()).isZero();
    }

    @Test
    void aVolumeLargerThanMemoryIsDecodedOnceWhereTheDiskHasRoom() throws Exception {
        try (DiskCache disk = DiskCache.open(folder.resolve("cache"), DiskCache.SLAB_BYTES);
                ChunkCache cache = new ChunkCache(root, 30 * 1300L, disk)) {
            ChunkedArrayReader array = open(cache, ReadLimits.DEFAULT);
            Random random = new Random(9);
            for (int i = 0; i < 400; i++) {
                Point origin = Point.zyx(random.nextInt(44), random.nextInt(40), random.nextInt(50));
                check(array, origin, new BlockShape(8, 1 + random.nextInt(20), 8));
                check(array, Point.zyx(random.nextInt(6) * 8L, random.nextInt(5) * 8L, random.nextInt(7) * 8L), CHUNK);
            }
            long decoded = cache.statistics().misses() - disk.statistics().hits();
            assertThat(disk.statistics().hits()).isGreaterThan(500);
            assertThat(remote().requests.size()).isLessThan(CHUNKS + 40); // each chunk once, and the indexes
            assertThat(decoded).isLessThan(CHUNKS + 1);
            assertThat(cache.statistics().bytes()).isLessThanOrEqualTo(30 * 1300L);
            cache.forgetAll(array);
            assertThat(disk.statistics().chunks()).isZero();
        }
    }

    @Test
    void storedBytesOnTheDiskNeedNoRequestASecondTime() throws Exception {
        try (DiskCache disk = DiskCache.open(folder.resolve("cache"), DiskCache.SLAB_BYTES);
                ChunkCache cache = new ChunkCache(root, 0)) {
            ChunkedArrayReader array = open(cache, ReadLimits.DEFAULT, disk);
            Random random = new Random(4);
            for (int i = 0; i < 400; i++) {
                check(array, Point.zyx(random.nextInt(44), random.nextInt(40), random.nextInt(50)), CHUNK);
                check(array, Point.zyx(random.nextInt(6) * 8L, random.nextInt(5) * 8L, random.nextInt(7) * 8L), CHUNK);
            }
            assertThat(remote().requests.size()).isLessThan(CHUNKS + 40); // each chunk once, and the indexes
            assertThat(disk.statistics().hits()).isGreaterThan(1000);
            array.forget();
            assertThat(disk.statistics().chunks()).isZero();
        }
    }
}
