package io.voxelflight.testkit;

import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.junit.jupiter.api.io.TempDir;

/** Zarr v3 as we write it: the reader and the cache behind it. */
class ZarrArrayReaderContractTest extends ArrayReaderContract {
    @TempDir
    Path folder;

    @Override
    protected Opened open(Extent extent, ElementType type, BlockShape chunk, byte[] voxels, BufferAllocator allocator)
            throws Exception {
        Path volume = Files.createTempDirectory(folder, "volume");
        write(volume, extent, type, chunk, voxels, allocator);
        ChunkCache cache = new ChunkCache(allocator, 1 << 16);
        VolumeReader reader = new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT).open(volume.toUri());
        return new Opened(reader.levels().get(0), () -> {
            reader.close();
            cache.close();
        });
    }

    private static void write(
            Path volume, Extent extent, ElementType type, BlockShape chunk, byte[] voxels, BufferAllocator allocator) {
        VolumeSpec spec = new VolumeSpec(
                "contract",
                VolumeKind.IMAGE,
                type,
                List.of(Axis.T, Axis.C, Axis.Z, Axis.Y, Axis.X),
                StorageLayout.sharded(chunk, new BlockShape(chunk.z() * 8, chunk.y() * 8, chunk.x() * 8), 1),
                List.of(new VolumeSpec.LevelSpec(extent, null, 1, 1, 1)),
                Map.of());
        try (ZarrVolumeWriter writer = new ZarrVolumeWriter(volume, spec, allocator);
                ChunkEncoder encoder = writer.openEncoder();
                ArrowBuf buffer = allocator.buffer((long) chunk.voxels() * type.bytes())) {
            writer.writeMetadata();
            for (long t = 0; t < extent.t(); t++) {
                for (long c = 0; c < extent.c(); c++) {
                    Box plane = Box.at(new Point(t, c, 0, 0, 0), Extent.zyx(extent.z(), extent.y(), extent.x()));
                    try (ShardWriter shard = writer.openShard(0, new BlockIndex(t, c, 0, 0, 0))) {
                        new ChunkGrid(extent, chunk.extent()).visit(plane, part -> {
                            fill(buffer, chunk, part, extent, type.bytes(), voxels);
                            encoder.encode(buffer).ifPresent(encoded -> shard.append(part.chunk(), encoded));
                        });
                        shard.commit();
                    }
                }
            }
        }
    }

    private static void fill(
            ArrowBuf buffer, BlockShape chunk, ChunkGrid.Part part, Extent extent, int bytes, byte[] voxels) {
        buffer.setZero(0, (long) chunk.voxels() * bytes);
        Box wanted = part.wanted();
        for (long z = wanted.start().z(); z < wanted.stop().z(); z++) {
            for (long y = wanted.start().y(); y < wanted.stop().y(); y++) {
                long from = (((part.origin().t() * extent.c() + part.origin().c()) * extent.z() + z) * extent.y() + y)
                                * extent.x()
                        + wanted.start().x();
                long to =
                        ((z - part.origin().z()) * chunk.y() + y - part.origin().y()) * chunk.x();
                buffer.setBytes(
                        to * bytes, voxels, (int) from * bytes, wanted.extent().x() * bytes);
            }
        }
    }
}
