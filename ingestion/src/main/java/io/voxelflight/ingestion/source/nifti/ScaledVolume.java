package io.voxelflight.ingestion.source.nifti;

import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.ingestion.source.array.Boxes;
import io.voxelflight.ingestion.source.array.RawReader;
import io.voxelflight.ingestion.source.array.Scratch;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.Strided;
import io.voxelflight.model.Box;
import io.voxelflight.model.ElementType;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.MemoryUtil;

/** A volume whose stored numbers mean {@code stored * slope + intercept}: computed in double, given as floats. */
final class ScaledVolume implements VolumeSource {
    private static final int PIECE_BYTES = 4 << 20;

    private final SourceDescription description;
    private final SourceFile file;
    private final NiftiHeader header;
    private final long[] strides;
    private final Scratch scratch = new Scratch();
    private final RawReader reader;

    /**
     * @param file this volume's to close, checked to hold all voxels
     * @param strides of the stored voxels in (t, c, z, y, x) order
     */
    ScaledVolume(SourceDescription description, SourceFile file, NiftiHeader header, long[] strides) {
        this.description = description;
        this.file = file;
        this.header = header;
        this.strides = strides.clone();
        this.reader = new RawReader(file, header.stored().bytes(), header.bigEndian(), scratch);
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    @Override
    public void read(Box box, ArrowBuf destination) {
        int meantBytes = description.elementType().bytes();
        int storedBytes = header.stored().bytes();
        long[] size = Boxes.check(box, description.extent(), meantBytes, destination);
        if (box.isEmpty()) {
            return;
        }
        long atOnce = Math.max(1, PIECE_BYTES / (size[4] * storedBytes));
        long to = destination.memoryAddress();
        for (long t = box.start().t(); t < box.stop().t(); t++) {
            for (long c = box.start().c(); c < box.stop().c(); c++) {
                for (long z = box.start().z(); z < box.stop().z(); z++) {
                    for (long y = box.start().y(); y < box.stop().y(); y += atOnce) {
                        long rows = Math.min(atOnce, box.stop().y() - y);
                        long position = header.dataPosition()
                                + t * strides[0]
                                + c * strides[1]
                                + z * strides[2]
                                + y * strides[3]
                                + box.start().x() * strides[4];
                        to += readRows(position, new long[] {1, 1, 1, rows, size[4]}, to) * meantBytes;
                    }
                }
            }
        }
    }

    private long readRows(long position, long[] size, long to) {
        int storedBytes = header.stored().bytes();
        long count = size[3] * size[4];
        ByteBuffer piece = scratch.take(Math.toIntExact(count * storedBytes));
        try {
            long from = MemoryUtil.getByteBufferAddress(piece);
            reader.read(position, strides, from, Strided.packed(size, storedBytes), size);
            boolean single = description.elementType() == ElementType.FLOAT32;
            for (long i = 0; i < count; i++) {
                double value = stored(from + i * storedBytes) * header.slope() + header.intercept();
                if (single) {
                    MemoryUtil.putInt(to + 4 * i, Float.floatToRawIntBits((float) value));
                } else {
                    MemoryUtil.putLong(to + 8 * i, Double.doubleToRawLongBits(value));
                }
            }
        } finally {
            scratch.giveBack(piece);
        }
        return count;
    }

    private double stored(long address) {
        return switch (header.stored()) {
            case UINT8 -> Byte.toUnsignedInt(MemoryUtil.getByte(address));
            case INT8 -> MemoryUtil.getByte(address);
            case UINT16 -> Short.toUnsignedInt(MemoryUtil.getShort(address));
            case INT16 -> MemoryUtil.getShort(address);
            case UINT32 -> Integer.toUnsignedLong(MemoryUtil.getInt(address));
            case INT32 -> MemoryUtil.getInt(address);
            case UINT64 -> unsigned(MemoryUtil.getLong(address));
            case INT64 -> MemoryUtil.getLong(address);
            case FLOAT32 -> Float.intBitsToFloat(MemoryUtil.getInt(address));
            case FLOAT64 -> Double.longBitsToDouble(MemoryUtil.getLong(address));
            case FLOAT16 -> throw new IllegalStateException("NIfTI has no float16");
        };
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
    }

    @Override
    public void close() {
        file.close();
    }
}
