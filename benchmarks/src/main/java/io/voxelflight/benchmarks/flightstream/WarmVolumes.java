package io.voxelflight.benchmarks.flightstream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.voxelflight.blockio.encode.ChunkEncoder;
import io.voxelflight.blockio.encode.ShardWriter;
import io.voxelflight.blockio.encode.ZarrVolumeWriter;
import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VolumeKind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Three stored volumes of 16 chunks of random voxels each, named by their element type. */
final class WarmVolumes implements DatasetReader {
    static final List<ElementType> TYPES = List.of(ElementType.UINT8, ElementType.UINT16, ElementType.FLOAT32);
    static final Extent EXTENT = Extent.zyx(256, 256, 512);
    static final int BLOCKS = 16;

    private static final BlockShape CHUNK = BlockShape.DEFAULT;
    private static final BlockShape SHARD = new BlockShape(256, 256, 512);

    private final Map<DatasetName, Dataset> datasets = new LinkedHashMap<>();

    WarmVolumes(Path folder, BufferAllocator allocator) {
        for (ElementType type : TYPES) {
            Path root = folder.resolve(type.numpyName());
            write(root, type, allocator);
            DatasetName name = new DatasetName(type.numpyName());
            Level level = new Level(0, EXTENT, CHUNK, SHARD.extent(), null, "0", 0);
            datasets.put(
                    name,
                    new Dataset(
                            UUID.randomUUID(),
                            name,
                            VolumeKind.IMAGE,
                            type,
                            "zyx",
                            null,
                            null,
                            List.of(),
                            root.toUri().toString(),
                            List.of(level),
                            JsonNodeFactory.instance.objectNode(),
                            Instant.EPOCH));
        }
    }

    private static void write(Path root, ElementType type, BufferAllocator allocator) {
        VolumeSpec spec = new VolumeSpec(
                type.numpyName(),
                VolumeKind.IMAGE,
                type,
                List.of(Axis.Z, Axis.Y, Axis.X),
                StorageLayout.sharded(CHUNK, SHARD, 1),
                List.of(new VolumeSpec.LevelSpec(EXTENT, null, 1, 1, 1)),
                Map.of());
        BlockGrid chunks = new BlockGrid(EXTENT, CHUNK);
        Random random = new Random(1);
        try (ZarrVolumeWriter writer = new ZarrVolumeWriter(root, spec, allocator)) {
            writer.writeMetadata();
            try (ChunkEncoder encoder = writer.openEncoder();
                    ShardWriter shard = writer.openShard(0, new BlockIndex(0, 0, 0, 0, 0));
                    ArrowBuf voxels = allocator.buffer((long) CHUNK.voxels() * type.bytes())) {
                for (long chunk = 0; chunk < chunks.size(); chunk++) {
                    fill(voxels, (long) CHUNK.voxels() * type.bytes(), random);
                    BlockIndex index = chunks.index(chunk);
                    encoder.encode(voxels).ifPresent(encoded -> shard.append(index, encoded));
                }
                shard.commit();
            }
        }
    }

    static void fill(ArrowBuf voxels, long bytes, Random random) {
        for (long i = 0; i < bytes; i += Long.BYTES) {
            voxels.setLong(i, random.nextLong());
        }
    }

    @Override
    public List<Dataset> datasets() {
        return List.copyOf(datasets.values());
    }

    @Override
    public Optional<Dataset> find(DatasetName name) {
        return Optional.ofNullable(datasets.get(name));
    }
}
