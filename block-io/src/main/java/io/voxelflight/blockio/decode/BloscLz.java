package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;

/**
 * Blosc's own fast compressor: literals, and matches at a distance of up to 8191 bytes, or of 16 bits beyond that.
 *
 * @see <a href="https://github.com/Blosc/c-blosc">C-Blosc</a>
 */
final class BloscLz {
    private static final int MAX_DISTANCE = 8191;
    private static final int SHORTEST = 3;
    private static final int LONG_LENGTH = 6;
    private static final int FAR = 31 << 8;

    private BloscLz() {}

    /**
     * Decodes one stream.
     *
     * @return bytes written to {@code output} from its position on, at most what remains there
     */
    static int decode(ByteBuffer input, ByteBuffer output, String place) {
        ByteBuffer in = input.slice();
        ByteBuffer out = output.slice();
        int limit = in.limit();
        if (limit == 0) {
            return 0;
        }
        int ip = 1;
        int op = 0;
        int control = in.get(0) & 31;
        while (true) {
            if (control >= 32) {
                int length = (control >> 5) - 1;
                int distance = (control & 31) << 8;
                int code;
                if (length == LONG_LENGTH) {
                    do {
                        if (ip >= limit) {
                            throw ends(place);
                        }
                        code = in.get(ip++) & 0xff;
                        length += code;
                        if (length > out.limit()) {
                            throw overflow(place, out.limit());
                        }
                    } while (code == 255);
                }
                if (ip >= limit) {
                    throw ends(place);
                }
                code = in.get(ip++) & 0xff;
                if (code == 255 && distance == FAR) {
                    if (ip + 2 > limit) {
                        throw ends(place);
                    }
                    distance = ((in.get(ip) & 0xff) << 8) + (in.get(ip + 1) & 0xff) + MAX_DISTANCE;
                    ip += 2;
                } else {
                    distance += code;
                }
                length += SHORTEST;
                int from = op - distance - 1;
                if (from < 0) {
                    throw ChunkDecoder.corrupt(place, "has blosclz data that refers to before its beginning", null);
                }
                if (length > out.limit() - op) {
                    throw overflow(place, out.limit());
                }
                op = repeat(out, from, op, length);
            } else {
                int length = control + 1;
                if (ip + length > limit) {
                    throw ends(place);
                }
                if (length > out.limit() - op) {
                    throw overflow(place, out.limit());
                }
                out.put(op, in, ip, length);
                ip += length;
                op += length;
            }
            if (ip >= limit) {
                return op;
            }
            control = in.get(ip++) & 0xff;
        }
    }

    /** Copies what came before, which may overlap with where it goes. */
    private static int repeat(ByteBuffer out, int from, int to, int length) {
        int source = from;
        int target = to;
        if (to - from >= length) {
            out.put(target, out, source, length);
            return to + length;
        }
        for (int i = 0; i < length; i++) {
            out.put(target++, out.get(source++));
        }
        return target;
    }

    private static RuntimeException ends(String place) {
        return ChunkDecoder.corrupt(place, "has blosclz data that ends early", null);
    }

    private static RuntimeException overflow(String place, int room) {
        return ChunkDecoder.corrupt(place, "has blosclz data that holds more than " + room + " bytes", null);
    }
}
