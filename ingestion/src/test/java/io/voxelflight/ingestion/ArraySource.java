package io.voxelflight.ingestion;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/** A volume in an array, as a source; it remembers what was read, and calls a hook before each read. */
final class ArraySource implements VolumeSource {
    final Extent extent;
    final ElementType type;
    final byte[] bytes;
    /** The same, little-endian. */
    final ByteBuffer voxels;

    final ConcurrentLinkedQueue<Box> reads = new ConcurrentLinkedQueue<>();

    @Nullable
    VoxelSize voxelSize;

    VolumeKind kind = VolumeKind.IMAGE;
    BlockShape readUnit = new BlockShape(1, 1, 1);
    Consumer<Box> beforeRead = box -> {};

    ArraySource(Extent extent, ElementType type) {
        this.extent = extent;
        this.type = type;
        this.bytes = new byte[Math.toIntExact(extent.voxels() * type.bytes())];
        this.voxels = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public SourceDescription description() {
        List<Axis> axes = new ArrayList<>(List.of(Axis.Z, Axis.Y, Axis.X));
        if (extent.t() > 1 || extent.c() > 1) {
            axes.addAll(0, List.of(Axis.T, Axis.C));
        }
        return new SourceDescription(
                "array",
                extent,
                axes,
                type,
                voxelSize,
                kind,
                readUnit,
                bytes.length,
                JsonNodeFactory.instance.objectNode().put("instrument", "a loop"));
    }

    @Override
    public void read(Box box, ArrowBuf destination) {
        beforeRead.accept(box);
        reads.add(box);
        if (!Box.of(extent).contains(box)) {
            throw new AssertionError(box + " is not inside " + extent);
        }
        long to = 0;
        int row = (int) box.extent().x() * type.bytes();
        byte[] copy = new byte[row];
        for (long t = box.start().t(); t < box.stop().t(); t++) {
            for (long c = box.start().c(); c < box.stop().c(); c++) {
                for (long z = box.start().z(); z < box.stop().z(); z++) {
                    for (long y = box.start().y(); y < box.stop().y(); y++) {
                        long at = (((t * extent.c() + c) * extent.z() + z) * extent.y() + y) * extent.x()
                                + box.start().x();
                        voxels.get((int) (at * type.bytes()), copy);
                        destination.setBytes(to, copy);
                        to += row;
                    }
                }
            }
        }
    }

    @Override
    public void close() {}
}
