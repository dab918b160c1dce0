package io.voxelflight.blockio.assemble;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.LocalStore;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.Metadata;
import io.voxelflight.blockio.format.OmeZarr;
import io.voxelflight.blockio.format.ZarrV3;
import io.voxelflight.blockio.locate.ChunkKeys;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Opens OME-Zarr 0.5 groups and single Zarr v3 arrays of local folders. */
public final class ZarrVolumeOpener implements VolumeOpener {
    private final BufferAllocator allocator;
    private final ChunkCache cache;
    private final ReadLimits limits;
    private final @Nullable DiskCache disk;
    private final ExecutorService threads;

    /** @param allocator accounts for stored bytes on their way to the decoder and for scratch voxels */
    public ZarrVolumeOpener(BufferAllocator allocator, ChunkCache cache, ReadLimits limits) {
        this(allocator, cache, limits, null);
    }

    /** @param disk keeps stored bytes; the caller's to close, after all volumes */
    public ZarrVolumeOpener(BufferAllocator allocator, ChunkCache cache, ReadLimits limits, @Nullable DiskCache disk) {
        this.disk = disk;
        this.allocator = allocator;
        this.cache = cache;
        this.limits = limits;
        this.threads = fetchThreads(limits.fetchThreads());
    }

    private static ExecutorService fetchThreads(int count) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(count, count, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "fetch-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    @Override
    public VolumeReader open(URI location) {
        if (!"file".equals(location.getScheme())) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, "volume " + location + " is not a local one: 'file:' is supported");
        }
        ByteStore store = new LocalStore(Path.of(location), limits.openFiles());
        try {
            return new OpenVolume(store, levels(store));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private List<ChunkedArrayReader> levels(ByteStore store) {
        JsonNode root = metadata(store, "zarr.json");
        if (root.path("node_type").asText().equals("array")) {
            return List.of(array(store, root, "", null));
        }
        OmeZarr.Multiscale multiscale = OmeZarr.multiscale(root, store.describe("zarr.json"));
        List<ChunkedArrayReader> levels = new ArrayList<>();
        for (String path : multiscale.paths()) {
            levels.add(array(store, metadata(store, path + "/zarr.json"), path, multiscale.axes()));
        }
        return levels;
    }

    private ChunkedArrayReader array(ByteStore store, JsonNode json, String path, @Nullable List<Axis> axes) {
        String place = store.describe(path.isEmpty() ? "zarr.json" : path + "/zarr.json");
        ArrayMetadata array = ZarrV3.array(json, axes, place);
        double bytes = (double) array.chunk().voxels() * array.elementType().bytes();
        if (bytes > limits.maxChunkBytes()) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    place + " has chunks of " + array.chunk() + " voxels (" + (long) bytes + " bytes), at most "
                            + limits.maxChunkBytes() + " bytes are read as one piece");
        }
        ChunkLocator locator = array.sharding().isPresent()
                ? new ZarrShards(array, path, store, limits.shardIndexBytes())
                : new WholeObjects(store, new ChunkKeys(path, array.keys(), array.extent(), array.object()));
        ChunkLoader loader = new ChunkLoader(array, store, locator, allocator, disk);
        return new ChunkedArrayReader(loader, cache, allocator, threads, limits);
    }

    private static JsonNode metadata(ByteStore store, String key) {
        OptionalLong size = store.size(key);
        if (size.isEmpty()) {
            throw new ServiceException(
                    ErrorCode.NOT_FOUND, store.describe(key) + " does not exist: no Zarr v3 volume lies there");
        }
        if (size.getAsLong() > Metadata.MAX_BYTES) {
            throw new ServiceException(
                    ErrorCode.CORRUPT_DATA,
                    store.describe(key) + " has " + size.getAsLong() + " bytes, metadata has at most "
                            + Metadata.MAX_BYTES);
        }
        ByteBuffer document = ByteBuffer.allocate((int) size.getAsLong());
        if (!store.read(key, 0, document)) {
            throw new ServiceException(ErrorCode.NOT_FOUND, store.describe(key) + " does not exist any more");
        }
        return Metadata.parse(document.array(), store.describe(key));
    }

    private static final class OpenVolume implements VolumeReader {
        private final ByteStore store;
        private final List<ChunkedArrayReader> levels;

        OpenVolume(ByteStore store, List<ChunkedArrayReader> levels) {
            this.store = store;
            this.levels = levels;
        }

        @Override
        public List<ArrayReader> levels() {
            return List.copyOf(levels);
        }

        @Override
        public void close() {
            store.close();
            levels.forEach(ChunkedArrayReader::forget);
        }
    }
}
