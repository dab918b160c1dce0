package io.voxelflight.ingestion.source.tiff;

import io.voxelflight.ingestion.source.array.Inflaters;
import io.voxelflight.ingestion.source.array.Scratch;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.Swap;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.apache.arrow.memory.util.MemoryUtil;

/** Decompresses strips and tiles, undoes predictors and byte order. */
final class TiffDecoder implements AutoCloseable {
    private final Scratch scratch;
    private final Inflaters inflaters = new Inflaters();
    private final ConcurrentLinkedDeque<Lzw> lzws = new ConcurrentLinkedDeque<>();

    TiffDecoder(Scratch scratch) {
        this.scratch = scratch;
    }

    /**
     * Decodes a unit.
     *
     * @param destination takes a whole unit, from byte 0 to its limit
     * @param expected the bytes that the unit must at least give
     * @param what names the unit in messages
     */
    void decode(
            SourceFile file,
            PageLayout layout,
            long position,
            int bytes,
            ByteBuffer destination,
            long expected,
            String what) {
        ByteBuffer stored = scratch.take(bytes);
        try {
            file.read(position, stored);
            stored.flip();
            switch (layout.compression()) {
                case NONE -> destination.put(stored.limit(Math.min(stored.limit(), destination.remaining())));
                case DEFLATE -> inflaters.inflate(stored, destination, true, file, what);
                case PACK_BITS -> PackBits.decode(stored, destination);
                case LZW -> {
                    Lzw known = lzws.poll();
                    Lzw lzw = known == null ? new Lzw() : known;
                    lzw.decode(stored, destination, file, what);
                    lzws.push(lzw);
                }
            }
        } finally {
            scratch.giveBack(stored);
        }
        if (destination.position() < expected) {
            throw file.corrupt(what + " gives " + destination.position() + " bytes instead of " + expected);
        }
        destination.flip();
        int elementBytes = layout.type().bytes();
        int rows = (int) (expected / (layout.unitWidth() * elementBytes));
        if (layout.predictor() == 3) {
            undoFloatPredictor(destination, rows, (int) layout.unitWidth(), elementBytes);
            return; // which stores bytes in an order of its own
        }
        if (layout.bigEndian()) {
            Swap.toLittleEndian(destination.limit((int) expected), elementBytes);
        }
        if (layout.predictor() == 2) {
            undoDifferences(destination, rows, (int) layout.unitWidth(), elementBytes);
        }
    }

    private static void undoDifferences(ByteBuffer unit, int rows, int width, int elementBytes) {
        long at = MemoryUtil.getByteBufferAddress(unit);
        for (int row = 0; row < rows; row++, at += (long) width * elementBytes) {
            switch (elementBytes) {
                case 1 -> {
                    byte sum = 0;
                    for (int i = 0; i < width; i++) {
                        sum += MemoryUtil.getByte(at + i);
                        MemoryUtil.putByte(at + i, sum);
                    }
                }
                case 2 -> {
                    short sum = 0;
                    for (int i = 0; i < width; i++) {
                        sum += MemoryUtil.getShort(at + 2L * i);
                        MemoryUtil.putShort(at + 2L * i, sum);
                    }
                }
                case 4 -> {
                    int sum = 0;
                    for (int i = 0; i < width; i++) {
                        sum += MemoryUtil.getInt(at + 4L * i);
                        MemoryUtil.putInt(at + 4L * i, sum);
                    }
                }
                default -> {
                    long sum = 0;
                    for (int i = 0; i < width; i++) {
                        sum += MemoryUtil.getLong(at + 8L * i);
                        MemoryUtil.putLong(at + 8L * i, sum);
                    }
                }
            }
        }
    }

    /** Adobe's technical note 3: differences of bytes, the most significant bytes of a row first. */
    private static void undoFloatPredictor(ByteBuffer unit, int rows, int width, int elementBytes) {
        byte[] row = new byte[width * elementBytes];
        for (int r = 0; r < rows; r++) {
            int at = r * row.length;
            unit.get(at, row);
            for (int i = 1; i < row.length; i++) {
                row[i] += row[i - 1];
            }
            for (int b = 0; b < elementBytes; b++) {
                int plane = (elementBytes - 1 - b) * width;
                for (int i = 0; i < width; i++) {
                    unit.put(at + i * elementBytes + b, row[plane + i]);
                }
            }
        }
    }

    @Override
    public void close() {
        inflaters.close();
    }
}
