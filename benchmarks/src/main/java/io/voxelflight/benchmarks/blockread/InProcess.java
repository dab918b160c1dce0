package io.voxelflight.benchmarks.blockread;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.Point;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Reads blocks of a volume with our reader on all cores; the same lines in and out as {@code worker.py}. */
public final class InProcess {
    private static final int CHECKED = 4;

    private InProcess() {}

    /** @param args folder of the volume, bytes of chunk cache (0: none) */
    public static void main(String[] args) throws Exception {
        ObjectMapper json = new ObjectMapper();
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (BufferAllocator allocator = new RootAllocator();
                ChunkCache cache = new ChunkCache(allocator, Long.parseLong(args[1]));
                VolumeReader volume = new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT)
                        .open(Path.of(args[0]).toUri());
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(json.writeValueAsString(
                        answer(volume.levels().get(0), json.readTree(line).path("origins"), allocator, pool, threads)));
            }
        } finally {
            pool.shutdown();
        }
    }

    private record Answer(double seconds, long bytes, long crc) {}

    private static Answer answer(
            ArrayReader array, JsonNode origins, BufferAllocator allocator, ExecutorService pool, int threads)
            throws InterruptedException, ExecutionException, IOException {
        byte[][] checked = new byte[CHECKED][];
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        List<Future<Long>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(pool.submit(() -> {
                long bytes = 0;
                for (int at = next.getAndIncrement(); at < origins.size(); at = next.getAndIncrement()) {
                    JsonNode origin = origins.get(at);
                    Point first = Point.zyx(
                            origin.get(0).asLong(),
                            origin.get(1).asLong(),
                            origin.get(2).asLong());
                    try (ArrowBuf block = array.readBlock(first, BlockShape.DEFAULT, allocator, new Cancellation())) {
                        bytes += BlockShape.DEFAULT.voxels();
                        if (at < CHECKED) {
                            byte[] copy = new byte[BlockShape.DEFAULT.voxels()];
                            block.getBytes(0, copy);
                            checked[at] = copy;
                        }
                    }
                }
                return bytes;
            }));
        }
        long bytes = 0;
        for (Future<Long> worker : workers) {
            bytes += worker.get();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        CRC32 crc = new CRC32();
        for (byte[] block : checked) {
            crc.update(block);
        }
        return new Answer(seconds, bytes, crc.getValue());
    }
}
