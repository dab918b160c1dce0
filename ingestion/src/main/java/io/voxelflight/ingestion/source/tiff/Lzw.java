package io.voxelflight.ingestion.source.tiff;

import io.voxelflight.ingestion.source.array.SourceFile;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, one code earlier than GIF.
 *
 * <p>A table entry is where in the output its string begins and how long it is: strings are copied from what was written.
 */
final class Lzw {
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int FIRST = 258;
    private static final int MAX_CODES = 4096;

    private final int[] starts = new int[MAX_CODES];
    private final int[] lengths = new int[MAX_CODES];

    /** Decodes until the stream ends or {@code out} is full. */
    void decode(ByteBuffer in, ByteBuffer out, SourceFile file, String what) {
        if (in.remaining() >= 2 && in.get(in.position()) == 0 && (in.get(in.position() + 1) & 1) == 1) {
            throw file.unsupported(what + " is compressed with the LZW of before TIFF 6.0, which is not supported");
        }
        long at = MemoryUtil.getByteBufferAddress(in) + in.position();
        long end = at + in.remaining();
        long start = MemoryUtil.getByteBufferAddress(out);
        int to = out.position();
        int limit = out.limit();
        int next = FIRST;
        int width = 9;
        int previousStart = -1;
        int previousLength = 0;
        long bits = 0;
        int available = 0;
        while (to < limit) {
            while (available < width && at < end) {
                bits = bits << 8 | Byte.toUnsignedInt(MemoryUtil.getByte(at++));
                available += 8;
            }
            if (available < width) {
                break; // ends without an end code, as some writers let it; who needs more output says so
            }
            available -= width;
            int code = (int) (bits >>> available) & ((1 << width) - 1);
            if (code == END) {
                break;
            }
            if (code == CLEAR) {
                next = FIRST;
                width = 9;
                previousStart = -1;
                continue;
            }
            int from = to;
            if (code < CLEAR) {
                MemoryUtil.putByte(start + to++, (byte) code);
            } else if (previousStart >= 0 && code < next) {
                to += copy(start, starts[code], to, Math.min(lengths[code], limit - to));
            } else if (previousStart >= 0 && code == next) { // the previous string and its own first byte
                to += copy(start, previousStart, to, Math.min(previousLength + 1, limit - to));
            } else {
                throw file.corrupt(what + " has a damaged LZW stream: code " + code + " is not known yet");
            }
            if (previousStart >= 0 && next < MAX_CODES) {
                starts[next] = previousStart;
                lengths[next] = previousLength + 1; // the byte after the previous string is the first of this one
                next++;
                if (next + 1 >= 1 << width && width < 12) {
                    width++;
                }
            }
            previousStart = from;
            previousLength = to - from;
        }
        out.position(to);
    }

    /** Copies byte by byte: the source may run into what is being written. */
    private static int copy(long start, int from, int to, int count) {
        for (int i = 0; i < count; i++) {
            MemoryUtil.putByte(start + to + i, MemoryUtil.getByte(start + from + i));
        }
        return count;
    }
}
