package io.voxelflight.flight.rpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.voxelflight.blockio.encode.ChunkEncoder;
import io.voxelflight.blockio.encode.ShardWriter;
import io.voxelflight.blockio.encode.ZarrVolumeWriter;
import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.blockio.locate.ShardGrid;
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
import io.voxelflight.model.Point;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Stored volumes whose every voxel is known from its place, and a catalog of them in memory. */
public final class TestVolumes implements DatasetReader {
    private final Path folder;
    private final BufferAllocator allocator;
    private final Map<String, Dataset> datasets = new ConcurrentSkipListMap<>();

    public TestVolumes(Path folder, BufferAllocator allocator) {
        this.folder = folder;
        this.allocator = allocator;
    }

    /** The value of a voxel, before it is cut to the element type: noisy enough that no two neighbours are alike. */
    public static long value(long t, long c, long z, long y, long x, int level) {
        long mixed = (((t * 31 + c) * 1009 + z) * 1013 + y) * 1019 + x + level * 7L;
        mixed *= 0x9E3779B97F4A7C15L;
        return mixed >>> 40;
    }

    /** Writes one voxel of {@code type} at byte {@code at}. */
    public static void put(ArrowBuf buffer, long at, ElementType type, long value) {
        switch (type) {
            case FLOAT32 -> buffer.setFloat(at, (float) value);
            case FLOAT64 -> buffer.setDouble(at, (double) value);
            default -> {
                switch (type.bytes()) {
                    case 1 -> buffer.setByte(at, (byte) value);
                    case 2 -> buffer.setShort(at, (short) value);
                    case 4 -> buffer.setInt(at, (int) value);
                    default -> buffer.setLong(at, value);
                }
            }
        }
    }

    /** Writes and lists a volume of one level. */
    public Dataset add(String name, ElementType type, String axes, Extent extent, BlockShape chunk) {
        return add(name, type, axes, List.of(extent), chunk);
    }

    /** Writes and lists a volume; levels after the first have values of their own. */
    public Dataset add(String name, ElementType type, String axes, List<Extent> extents, BlockShape chunk) {
        Path root = folder.resolve(name + "-" + UUID.randomUUID());
        List<Axis> stored = new ArrayList<>();
        for (Axis axis : Axis.values()) {
            if (axes.contains(axis.letter())) {
                stored.add(axis);
            }
        }
        BlockShape shard = new BlockShape(chunk.z() * 2, chunk.y() * 2, chunk.x() * 2);
        List<VolumeSpec.LevelSpec> levels = new ArrayList<>();
        List<Level> listed = new ArrayList<>();
        for (int level = 0; level < extents.size(); level++) {
            double factor = 1 << level;
            VoxelSize size = new VoxelSize(8, 8, 8).times(factor, factor, factor);
            levels.add(new VolumeSpec.LevelSpec(extents.get(level), size, factor, factor, factor));
            listed.add(new Level(level, extents.get(level), chunk, shard.extent(), size, String.valueOf(level), 0));
        }
        VolumeSpec spec = new VolumeSpec(
                name, VolumeKind.IMAGE, type, stored, StorageLayout.sharded(chunk, shard, 1), levels, Map.of());
        try (ZarrVolumeWriter writer = new ZarrVolumeWriter(root, spec, allocator)) {
            writer.writeMetadata();
            for (int level = 0; level < extents.size(); level++) {
                write(writer, spec, level);
            }
        }
        Dataset dataset = new Dataset(
                UUID.randomUUID(),
                new DatasetName(name),
                VolumeKind.IMAGE,
                type,
                axes,
                new VoxelSize(8, 8, 8),
                null,
                List.of("test"),
                root.toUri().toString(),
                listed,
                JsonNodeFactory.instance.objectNode(),
                Instant.parse("2026-01-02T03:04:05Z"));
        datasets.put(name, dataset);
        return dataset;
    }

    public void remove(String name) {
        datasets.remove(name);
    }

    private void write(ZarrVolumeWriter writer, VolumeSpec spec, int level) {
        Extent extent = spec.levels().get(level).extent();
        BlockShape shard = ZarrVolumeWriter.shard(spec, spec.levels().get(level));
        BlockGrid shards = new BlockGrid(extent, shard);
        BlockGrid chunks = new BlockGrid(extent, spec.chunk());
        ShardGrid places = new ShardGrid(shard.extent(), spec.chunk().extent(), spec.axes());
        for (long s = 0; s < shards.size(); s++) {
            BlockIndex at = shards.index(s);
            try (ChunkEncoder encoder = writer.openEncoder();
                    ShardWriter open = writer.openShard(level, at)) {
                for (long k = 0; k < chunks.size(); k++) {
                    BlockIndex chunk = chunks.index(k);
                    if (places.place(chunk).shard().equals(at)) {
                        writeChunk(encoder, open, chunk, chunks, spec.elementType(), level);
                    }
                }
                open.commit();
            }
        }
    }

    private void writeChunk(
            ChunkEncoder encoder, ShardWriter open, BlockIndex chunk, BlockGrid grid, ElementType type, int level) {
        BlockShape shape = grid.block();
        Point origin = grid.origin(chunk);
        Extent volume = grid.volume();
        try (ArrowBuf voxels = allocator.buffer((long) shape.voxels() * type.bytes())) {
            long at = 0;
            for (int z = 0; z < shape.z(); z++) {
                for (int y = 0; y < shape.y(); y++) {
                    for (int x = 0; x < shape.x(); x++) {
                        boolean inside = origin.z() + z < volume.z()
                                && origin.y() + y < volume.y()
                                && origin.x() + x < volume.x();
                        long value = inside
                                ? value(origin.t(), origin.c(), origin.z() + z, origin.y() + y, origin.x() + x, level)
                                : 0;
                        put(voxels, at, type, value);
                        at += type.bytes();
                    }
                }
            }
            encoder.encode(voxels).ifPresent(encoded -> open.append(chunk, encoded));
        }
    }

    @Override
    public List<Dataset> datasets() {
        return List.copyOf(datasets.values());
    }

    @Override
    public Optional<Dataset> find(DatasetName name) {
        return Optional.ofNullable(datasets.get(name.value()));
    }
}
