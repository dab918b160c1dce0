package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.LocalStore;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.Formats;
import io.voxelflight.blockio.format.KeyEncoding;
import io.voxelflight.blockio.format.StoredVolume;
import io.voxelflight.blockio.format.VolumeMetadata;
import io.voxelflight.blockio.locate.ChunkKeys;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Opens volumes of all formats. */
public final class StoredVolumeOpener implements VolumeOpener, VolumeInspector {
    private final BufferAllocator allocator;
    private final ChunkCache cache;
    private final ReadLimits limits;
    private final @Nullable DiskCache disk;
    private final Function<URI, ByteStore> stores;
    private final ExecutorService threads;

    /** Opens local volumes. */
    public StoredVolumeOpener(BufferAllocator allocator, ChunkCache cache, ReadLimits limits) {
        this(allocator, cache, limits, null, location -> local(location, limits));
    }

    /**
     * @param allocator accounts for stored bytes on their way to the decoder and for scratch voxels
     * @param disk keeps stored bytes; the caller's to close, after all volumes
     * @param stores opens the store of a location
     */
    public StoredVolumeOpener(
            BufferAllocator allocator,
            ChunkCache cache,
            ReadLimits limits,
            @Nullable DiskCache disk,
            Function<URI, ByteStore> stores) {
        this.allocator = allocator;
        this.cache = cache;
        this.limits = limits;
        this.disk = disk;
        this.stores = stores;
        this.threads = fetchThreads(limits.fetchThreads());
    }

    /** The store of a local folder. */
    public static ByteStore local(URI location, ReadLimits limits) {
        if (!"file".equals(location.getScheme())) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, "volume " + location + " is not a local one: 'file:' is supported");
        }
        return new LocalStore(Path.of(location), limits.openFiles());
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
    public StoredVolume inspect(URI location, @Nullable List<Axis> axes) {
        try (ByteStore store = stores.apply(location)) {
            return Formats.recognise(new StoreDocuments(store), axes);
        }
    }

    @Override
    public VolumeReader open(URI location, @Nullable List<Axis> axes) {
        ByteStore store = stores.apply(location);
        try {
            StoredVolume found = Formats.recognise(new StoreDocuments(store), axes);
            if (found instanceof StoredVolume.Many many) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        store.describe("") + " holds several volumes (" + many.what() + "), name one: "
                                + String.join(", ", many.paths()));
            }
            VolumeMetadata metadata = ((StoredVolume.One) found).metadata();
            List<ChunkedArrayReader> levels = new ArrayList<>();
            for (VolumeMetadata.LevelMetadata level : metadata.levels()) {
                levels.add(array(store, level.path(), level.array()));
            }
            return new OpenVolume(store, metadata, levels);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private ChunkedArrayReader array(ByteStore store, String path, ArrayMetadata array) {
        double bytes = (double) array.chunk().voxels() * array.elementType().bytes();
        if (bytes > limits.maxChunkBytes()) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    store.describe(path) + " has chunks of " + array.chunk() + " voxels (" + (long) bytes
                            + " bytes), at most " + limits.maxChunkBytes() + " bytes are read as one piece");
        }
        ChunkLoader loader = new ChunkLoader(array, store, locator(store, path, array), allocator, disk);
        return new ChunkedArrayReader(loader, cache, allocator, threads, limits);
    }

    private ChunkLocator locator(ByteStore store, String path, ArrayMetadata array) {
        if (array.keys() instanceof KeyEncoding.MortonShards) {
            return new PrecomputedShards(array, path, store, limits.shardIndexBytes());
        }
        if (array.sharding().isPresent()) {
            return new ZarrShards(array, path, store, limits.shardIndexBytes());
        }
        ChunkKeys keys = new ChunkKeys(path, array.keys(), array.extent(), array.object());
        return array.keys() instanceof KeyEncoding.VoxelRanges
                ? new PrecomputedFiles(store, keys)
                : new WholeObjects(store, keys);
    }

    private static final class OpenVolume implements VolumeReader {
        private final ByteStore store;
        private final VolumeMetadata metadata;
        private final List<ChunkedArrayReader> levels;

        OpenVolume(ByteStore store, VolumeMetadata metadata, List<ChunkedArrayReader> levels) {
            this.store = store;
            this.metadata = metadata;
            this.levels = levels;
        }

        @Override
        public VolumeMetadata metadata() {
            return metadata;
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
