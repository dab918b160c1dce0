package io.voxelflight.ingestion.source.hdf5;

import io.voxelflight.ingestion.source.array.Inflaters;
import io.voxelflight.ingestion.source.array.Scratch;
import io.voxelflight.ingestion.source.array.SourceFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * The filter pipeline of a dataset: undoes deflate, shuffle, fletcher32 and lzf, from direct memory to direct memory.
 *
 * <p>Output is bounded by the size of a chunk before anything is written; a checksum that does not match, a stream that
 * ends early or gives too much is corrupt.
 */
final class Filters implements AutoCloseable {
    private static final int DEFLATE = 1;
    private static final int SHUFFLE = 2;
    private static final int FLETCHER32 = 3;
    private static final int LZF = 32000;
    private static final int CHECKSUM_BYTES = 4;

    /** A filter as the file names it. */
    record Step(int id, String name, int[] data) {}

    private final SourceFile file;
    private final List<Step> steps;
    private final int chunkBytes;
    private final Scratch scratch;
    private final Inflaters inflaters = new Inflaters();

    /**
     * @param steps in the order in which they were applied when the data was written
     * @throws io.voxelflight.model.ServiceException UNSUPPORTED naming the filter that is not supported
     */
    Filters(SourceFile file, String dataset, List<Step> steps, int chunkBytes, Scratch scratch) {
        for (Step step : steps) {
            switch (step.id()) {
                case DEFLATE, FLETCHER32, LZF -> {}
                case SHUFFLE -> {
                    if (step.data().length < 1 || step.data()[0] < 1) {
                        throw file.corrupt("the shuffle filter of " + dataset + " has no element size");
                    }
                }
                default ->
                    throw file.unsupported("dataset " + dataset + " is compressed with filter '" + known(step)
                            + "' (number " + step.id()
                            + "), which is not supported: repack it with gzip, shuffle, fletcher32 or lzf (h5repack)");
            }
        }
        this.file = file;
        this.steps = List.copyOf(steps);
        this.chunkBytes = chunkBytes;
        this.scratch = scratch;
    }

    private static String known(Step step) {
        return switch (step.id()) {
            case 4 -> "szip";
            case 5 -> "nbit";
            case 6 -> "scaleoffset";
            case 32001 -> "blosc";
            case 32004 -> "lz4";
            case 32008 -> "bitshuffle";
            case 32013 -> "zfp";
            case 32015 -> "zstd";
            case 32026 -> "blosc2";
            default -> step.name();
        };
    }

    /** Whether any filter applies to a chunk whose filters of these bits were skipped. */
    boolean apply(int skipped) {
        for (int i = 0; i < steps.size(); i++) {
            if (!isSkipped(i, skipped)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Decodes a chunk.
     *
     * @param stored the bytes of the file; the caller's to give back
     * @param what names the chunk in messages
     */
    void decode(ByteBuffer stored, int skipped, ByteBuffer destination, String what) {
        List<ByteBuffer> taken = new ArrayList<>(2);
        try {
            ByteBuffer current = stored;
            boolean inPlace = false;
            for (int i = steps.size() - 1; i >= 0; i--) {
                if (isSkipped(i, skipped)) {
                    continue;
                }
                Step step = steps.get(i);
                if (step.id() == FLETCHER32) {
                    verify(current, what);
                    continue;
                }
                ByteBuffer next = destination;
                if (movesAgain(i, skipped)) {
                    next = scratch.take(chunkBytes + CHECKSUM_BYTES * steps.size());
                    taken.add(next);
                } else {
                    inPlace = true;
                }
                switch (step.id()) {
                    case DEFLATE -> inflaters.inflate(current, next, false, file, what);
                    case SHUFFLE -> unshuffle(current, next, step.data()[0]);
                    default -> Lzf.decode(current, next, file, what);
                }
                current = next.flip();
            }
            if (current.remaining() != chunkBytes) {
                throw file.corrupt(
                        what + " decompresses to " + current.remaining() + " bytes instead of " + chunkBytes);
            }
            if (!inPlace) {
                destination.put(current);
            }
        } finally {
            taken.forEach(scratch::giveBack);
        }
    }

    /** Whether a filter after step i, in the order of decoding, moves the data to another buffer. */
    private boolean movesAgain(int i, int skipped) {
        for (int j = i - 1; j >= 0; j--) {
            if (!isSkipped(j, skipped) && steps.get(j).id() != FLETCHER32) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSkipped(int step, int skipped) {
        return step < 32 && (skipped >>> step & 1) != 0;
    }

    /** Checks the last four bytes and drops them. */
    private void verify(ByteBuffer data, String what) {
        int count = data.remaining() - CHECKSUM_BYTES;
        if (count < 0) {
            throw file.corrupt(what + " is too short for its checksum");
        }
        int stored = data.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(data.position() + count);
        int computed = fletcher32(data, count);
        if (stored != computed) {
            throw file.corrupt(what
                    + String.format(
                            " does not match its checksum: fletcher32 is %08x, stored is %08x", computed, stored));
        }
        data.limit(data.position() + count);
    }

    /** HDF5's Fletcher checksum (H5_checksum_fletcher32): over big-endian 16-bit words. */
    static int fletcher32(ByteBuffer data, int count) {
        long address = MemoryUtil.getByteBufferAddress(data) + data.position();
        long sum1 = 0;
        long sum2 = 0;
        int words = count / 2;
        int at = 0;
        while (words > 0) {
            int few = Math.min(360, words);
            words -= few;
            for (int i = 0; i < few; i++, at += 2) {
                sum1 += Short.toUnsignedInt(Short.reverseBytes(MemoryUtil.getShort(address + at)));
                sum2 += sum1;
            }
            sum1 = (sum1 & 0xffff) + (sum1 >>> 16);
            sum2 = (sum2 & 0xffff) + (sum2 >>> 16);
        }
        if ((count & 1) != 0) {
            sum1 += Byte.toUnsignedInt(MemoryUtil.getByte(address + at)) << 8;
            sum2 += sum1;
            sum1 = (sum1 & 0xffff) + (sum1 >>> 16);
            sum2 = (sum2 & 0xffff) + (sum2 >>> 16);
        }
        sum1 = (sum1 & 0xffff) + (sum1 >>> 16);
        sum2 = (sum2 & 0xffff) + (sum2 >>> 16);
        return (int) (sum2 << 16 | sum1);
    }

    /** Puts the bytes of each element together again; bytes behind the last whole element stay as they are. */
    private void unshuffle(ByteBuffer shuffled, ByteBuffer destination, int elementBytes) {
        int count = shuffled.remaining();
        if (count > destination.remaining()) {
            throw file.corrupt("a chunk decompresses to more than " + destination.remaining() + " bytes");
        }
        long from = MemoryUtil.getByteBufferAddress(shuffled) + shuffled.position();
        long to = MemoryUtil.getByteBufferAddress(destination) + destination.position();
        long elements = count / elementBytes;
        switch (elementBytes) {
            case 2 -> {
                for (long i = 0; i < elements; i++) {
                    int low = Byte.toUnsignedInt(MemoryUtil.getByte(from + i));
                    int high = MemoryUtil.getByte(from + elements + i);
                    MemoryUtil.putShort(to + 2 * i, (short) (high << 8 | low));
                }
            }
            case 4 -> {
                for (long i = 0; i < elements; i++) {
                    int b0 = Byte.toUnsignedInt(MemoryUtil.getByte(from + i));
                    int b1 = Byte.toUnsignedInt(MemoryUtil.getByte(from + elements + i));
                    int b2 = Byte.toUnsignedInt(MemoryUtil.getByte(from + 2 * elements + i));
                    int b3 = Byte.toUnsignedInt(MemoryUtil.getByte(from + 3 * elements + i));
                    MemoryUtil.putInt(to + 4 * i, b0 | b1 << 8 | b2 << 16 | b3 << 24);
                }
            }
            default -> {
                for (int b = 0; b < elementBytes; b++) {
                    for (long i = 0; i < elements; i++) {
                        MemoryUtil.putByte(to + i * elementBytes + b, MemoryUtil.getByte(from + b * elements + i));
                    }
                }
            }
        }
        long whole = elements * elementBytes;
        MemoryUtil.copyMemory(from + whole, to + whole, count - whole);
        destination.position(destination.position() + count);
    }

    @Override
    public void close() {
        inflaters.close();
    }
}
