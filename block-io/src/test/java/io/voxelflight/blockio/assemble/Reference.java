package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.encode.ChunkEncoder;
import io.voxelflight.blockio.encode.ShardWriter;
import io.voxelflight.blockio.encode.ZarrVolumeWriter;
import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.blockio.format.VolumeSpec;
import io.voxelflight.blockio.locate.ChunkGrid;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.VolumeKind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** A volume in plain arrays, cut voxel by voxel: what readers are compared with. */
final class Reference {
    final Extent extent;
    final ElementType type;
    final byte[] voxels;

    /** Random voxels, with a part that is all zero, so that some chunks are not stored. */
    Reference(Extent extent, ElementType type, long seed) {
        this.extent = extent;
        this.type = type;
        this.voxels = new byte[Math.toIntExact(extent.voxels() * type.bytes())];
        Random random = new Random(seed);
        random.nextBytes(voxels);
        int zeros = random.nextInt(voxels.length + 1);
        java.util.Arrays.fill(voxels, 0, zeros, (byte) 0);
    }

    /** The voxels of {@code box} in C order; zero where it lies outside. */
    byte[] cut(Box box) {
        Extent size = box.extent();
        int bytes = type.bytes();
        byte[] out = new byte[Math.toIntExact(size.voxels() * bytes)];
        int to = 0;
        for (long t = box.start().t(); t < box.stop().t(); t++) {
            for (long c = box.start().c(); c < box.stop().c(); c++) {
                for (long z = box.start().z(); z < box.stop().z(); z++) {
                    for (long y = box.start().y(); y < box.stop().y(); y++) {
                        for (long x = box.start().x(); x < box.stop().x(); x++, to += bytes) {
                            if (!Box.at(new Point(t, c, z, y, x), new Extent(1, 1, 1, 1, 1))
                                    .intersection(Box.of(extent))
                                    .isEmpty()) {
                                long from = (((t * extent.c() + c) * extent.z() + z) * extent.y() + y) * extent.x() + x;
                                System.arraycopy(voxels, Math.toIntExact(from * bytes), out, to, bytes);
                            }
                        }
                    }
                }
            }
        }
        return out;
    }

    /** Writes the volume as our own writer does, shard by shard. */
    void write(Path folder, List<Axis> axes, StorageLayout layout, BufferAllocator allocator) {
        VolumeSpec.LevelSpec level = new VolumeSpec.LevelSpec(extent, null, 1, 1, 1);
        VolumeSpec spec = new VolumeSpec("v", VolumeKind.IMAGE, type, axes, layout, List.of(level), Map.of());
        BlockShape chunk = layout.chunk();
        BlockShape cut = ZarrVolumeWriter.shard(spec, level);
        Map<BlockIndex, ShardWriter> shards = new HashMap<>();
        try (ZarrVolumeWriter writer = new ZarrVolumeWriter(folder, spec, allocator);
                ChunkEncoder encoder = writer.openEncoder();
                ArrowBuf buffer = allocator.buffer((long) chunk.voxels() * type.bytes())) {
            writer.writeMetadata();
            new ChunkGrid(extent, chunk.extent()).visit(Box.of(extent), part -> {
                buffer.setBytes(0, cut(Box.at(part.origin(), chunk)));
                BlockIndex at = part.chunk();
                BlockIndex in = new BlockIndex(
                        at.t(),
                        at.c(),
                        part.origin().z() / cut.z(),
                        part.origin().y() / cut.y(),
                        part.origin().x() / cut.x());
                encoder.encode(buffer)
                        .ifPresent(encoded -> shards.computeIfAbsent(in, index -> writer.openShard(0, index))
                                .append(at, encoded));
            });
            shards.values().forEach(ShardWriter::commit);
        } finally {
            shards.values().forEach(ShardWriter::close);
        }
    }
}
