package io.voxelflight.benchmarks.codecs;

import io.voxelflight.blockio.decode.ChunkDecoder;
import io.voxelflight.blockio.decode.Scratch;
import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decodes one chunk that numcodecs has encoded, again and again; checked once. The system property {@code chunks} names the folder. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CodecDecode {
    /** Codec and type of voxels, as files are named. */
    @Param({})
    public String chunk = "";

    private ChunkDecoder decoder = new ChunkDecoder(List.of(new CodecSpec.Bytes(false)), ElementType.UINT8, List.of());
    private ByteBuffer stored = ByteBuffer.allocateDirect(0);
    private ByteBuffer voxels = ByteBuffer.allocateDirect(0);
    private Extent extent = Extent.zyx(0, 0, 0);
    private final Kept scratch = new Kept();

    @Setup
    public void load() throws IOException {
        Path folder = Path.of(System.getProperty("chunks"));
        byte[] raw = Files.readAllBytes(folder.resolve(chunk + ".raw"));
        byte[] encoded = Files.readAllBytes(folder.resolve(chunk + ".bin"));
        int dot = chunk.lastIndexOf('.');
        ElementType type = ElementType.parse(chunk.substring(dot + 1));
        decoder = new ChunkDecoder(
                List.of(new CodecSpec.Bytes(false), step(chunk.substring(0, dot), type)),
                type,
                List.of(Axis.Z, Axis.Y, Axis.X));
        stored = ByteBuffer.allocateDirect(encoded.length).put(encoded).flip();
        voxels = ByteBuffer.allocateDirect(raw.length);
        extent = Extent.zyx(128, 128, 128);
        decode();
        if (!voxels.equals(ByteBuffer.wrap(raw))) {
            throw new IllegalStateException(chunk + " is not decoded to what was encoded");
        }
    }

    private static CodecSpec step(String name, ElementType type) {
        return switch (name) {
            case "zstd" -> new CodecSpec.Zstd(3, false);
            case "gzip" -> new CodecSpec.Gzip(6);
            case "zlib" -> new CodecSpec.Zlib(6);
            case "lz4" -> new CodecSpec.Lz4Sized();
            case "bz2" -> new CodecSpec.Bzip2(9);
            case "xz" -> new CodecSpec.Xz(false);
            case "shuffle" -> new CodecSpec.Shuffle(type.bytes());
            case "delta" -> new CodecSpec.Delta(type, false);
            case "crc32" -> new CodecSpec.Crc32(false);
            case "adler32" -> new CodecSpec.Adler32(false);
            case "fletcher32" -> new CodecSpec.Fletcher32();
            case "crc32c" -> new CodecSpec.Crc32c();
            default -> new CodecSpec.Blosc("", 5, 0, type.bytes());
        };
    }

    @Benchmark
    public ByteBuffer decode() {
        decoder.decode(stored, extent, voxels, scratch, "the chunk");
        return voxels;
    }

    /** Buffers that are kept for the next time, as the server's allocator does. */
    private static final class Kept implements Scratch {
        private final java.util.ArrayDeque<ByteBuffer> free = new java.util.ArrayDeque<>();

        @Override
        public Lease lease(long bytes) {
            ByteBuffer found = free.stream()
                    .filter(buffer -> buffer.capacity() == bytes)
                    .findFirst()
                    .orElseGet(() -> ByteBuffer.allocateDirect((int) bytes));
            free.remove(found);
            found.clear();
            return new Lease() {
                @Override
                public ByteBuffer bytes() {
                    return found;
                }

                @Override
                public void close() {
                    free.push(found);
                }
            };
        }
    }
}
