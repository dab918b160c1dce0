package io.voxelflight.blockio.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.voxelflight.blockio.format.KeyEncoding;
import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.blockio.format.VolumeSpec.LevelSpec;
import io.voxelflight.blockio.format.ZarrFormat;
import io.voxelflight.blockio.locate.ChunkKeys;
import io.voxelflight.blockio.locate.ShardGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;

/** Writes an OME-Zarr volume into a folder: 0.5 in shards with CRC-32C, or 0.4 with an object for each chunk; Zstandard. */
public final class ZarrVolumeWriter implements VolumeWriter {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path root;
    private final VolumeSpec spec;
    private final BufferAllocator allocator;

    /** @param allocator accounts for the scratch buffer of each open encoder: about one chunk */
    public ZarrVolumeWriter(Path root, VolumeSpec spec, BufferAllocator allocator) {
        this.root = root;
        this.spec = spec;
        this.allocator = allocator;
    }

    /** The shard of a level: what was asked for, cut down to the whole chunks that cover the level. */
    public static BlockShape shard(VolumeSpec spec, LevelSpec level) {
        Extent extent = level.extent();
        return new BlockShape(
                cut(spec.layout().shard().z(), spec.chunk().z(), extent.z()),
                cut(spec.layout().shard().y(), spec.chunk().y(), extent.y()),
                cut(spec.layout().shard().x(), spec.chunk().x(), extent.x()));
    }

    @Override
    public void writeMetadata() {
        documents().forEach(this::write);
    }

    private Map<String, Object> documents() {
        return switch (spec.layout().zarr()) {
            case V2 -> ZarrV2Documents.of(spec);
            case V3 -> ZarrV3Documents.of(spec);
        };
    }

    /** Memory that each encoder takes of the allocator, the decoded chunk not counted. */
    public static long encoderBytes(VolumeSpec spec) {
        return ZarrChunkEncoder.scratchBytes(chunkBytes(spec));
    }

    @Override
    public ChunkEncoder openEncoder() {
        boolean checksum = spec.layout().zarr() == ZarrFormat.V3;
        byte[] zero = new byte[spec.elementType().bytes()];
        return new ZarrChunkEncoder(chunkBytes(spec), spec.layout().zstdLevel(), checksum, zero, allocator);
    }

    @Override
    public ShardWriter openShard(int level, BlockIndex shard) {
        Extent shape = shard(spec, spec.levels().get(level)).extent();
        return switch (spec.layout().zarr()) {
            case V2 -> new ChunkObjectWriter(object(level, shard, shape, ""), shard);
            case V3 -> {
                ShardGrid grid = new ShardGrid(shape, spec.chunk().extent(), spec.axes());
                yield new ZarrShardWriter(
                        object(level, shard, shape, "c"),
                        chunk -> {
                            ShardGrid.Place place = grid.place(chunk);
                            if (!place.shard().equals(shard)) {
                                throw new IllegalArgumentException("chunk " + chunk + " is not in shard " + shard);
                            }
                            return place.slot();
                        },
                        Math.toIntExact(grid.slots()));
            }
        };
    }

    private ObjectWriter object(int level, BlockIndex index, Extent shape, String prefix) {
        KeyEncoding encoding = new KeyEncoding.Indices(prefix, '/', spec.axes());
        Extent volume = spec.levels().get(level).extent();
        return new LocalObjectWriter(
                root.resolve(new ChunkKeys(String.valueOf(level), encoding, volume, shape).key(index)));
    }

    @Override
    public void sync() {
        List<Path> folders = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(Files::isDirectory).forEach(folders::add);
        } catch (IOException e) {
            throw WriteFailures.of(root, e);
        }
        folders.forEach(LocalObjectWriter::syncFolder);
    }

    @Override
    public void close() {
        // shards close themselves; nothing else stays open
    }

    private void write(String key, Object document) {
        try (ObjectWriter object = new LocalObjectWriter(root.resolve(key))) {
            object.append(ByteBuffer.wrap(JSON.writeValueAsString(document).getBytes(StandardCharsets.UTF_8)));
            object.commit();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("attributes that are no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static int chunkBytes(VolumeSpec spec) {
        return Math.multiplyExact(spec.chunk().voxels(), spec.elementType().bytes());
    }

    private static int cut(int shard, int chunk, long length) {
        long chunks = Math.max(1, (length + chunk - 1) / chunk);
        return (int) Math.min(shard, chunks * chunk);
    }
}
