package io.voxelflight.ingestion.source.tiff;

import io.voxelflight.ingestion.source.array.SourceFile;
import java.nio.ByteBuffer;

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
        int next = FIRST;
        int width = 9;
        int previousStart = -1;
        int previousLength = 0;
        long bits = 0;
        int available = 0;
        while (out.hasRemaining()) {
            while (available < width && in.hasRemaining()) {
                bits = bits << 8 | Byte.toUnsignedInt(in.get());
                available += 8;
            }
            if (available < width) {
                return; // ends without an end code, as some writers let it; who needs more output says so
            }
            available -= width;
            int code = (int) (bits >>> available) & ((1 << width) - 1);
            if (code == END) {
                return;
            }
            if (code == CLEAR) {
                next = FIRST;
                width = 9;
                previousStart = -1;
                continue;
            }
            int start = out.position();
            int length;
            if (code < CLEAR) {
                out.put((byte) code);
                length = 1;
            } else if (previousStart >= 0 && code < next) {
                length = copy(out, starts[code], lengths[code]);
            } else if (previousStart >= 0 && code == next) {
                length = copy(out, previousStart, previousLength);
                if (out.hasRemaining()) {
                    out.put(out.get(previousStart));
                    length++;
                }
            } else {
                throw file.corrupt(what + " has a damaged LZW stream: code " + code + " at byte " + in.position()
                        + " is not known yet");
            }
            if (previousStart >= 0 && next < MAX_CODES) {
                starts[next] = previousStart;
                lengths[next] = previousLength + 1; // the byte after the previous string is the first of this one
                next++;
                if (next + 1 >= 1 << width && width < 12) {
                    width++;
                }
            }
            previousStart = start;
            previousLength = length;
        }
    }

    private static int copy(ByteBuffer out, int from, int length) {
        int count = Math.min(length, out.remaining());
        for (int i = 0; i < count; i++) {
            out.put(out.get(from + i));
        }
        return count;
    }
}
