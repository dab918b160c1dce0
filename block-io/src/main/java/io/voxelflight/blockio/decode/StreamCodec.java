package io.voxelflight.blockio.decode;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/** Codecs of which Java has streams only: through a window of some KiB on the heap. */
final class StreamCodec implements ByteCodec.Decompressor {
    private static final int WINDOW_BYTES = 64 << 10;

    /** The most memory that a .xz or .lzma may ask for its dictionary: level 9 takes 65 MiB. */
    private static final int XZ_MEMORY_KIB = 128 << 10;

    /** Opens the decompressing stream. */
    private interface Opener {
        InputStream open(InputStream stored) throws IOException;
    }

    private final String name;
    private final Opener opener;

    private StreamCodec(String name, Opener opener) {
        this.name = name;
        this.opener = opener;
    }

    /** bzip2, of one or more streams. */
    static StreamCodec bzip2() {
        return new StreamCodec("bzip2", stored -> new BZip2CompressorInputStream(stored, true));
    }

    /** The container of .xz, of one or more streams. */
    static StreamCodec xz() {
        return new StreamCodec("xz", stored -> new XZInputStream(stored, XZ_MEMORY_KIB));
    }

    /** The older container of .lzma. */
    static StreamCodec lzma() {
        return new StreamCodec("lzma", stored -> new LZMAInputStream(stored, XZ_MEMORY_KIB));
    }

    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        ByteBuffer rest = output.slice();
        byte[] window = new byte[WINDOW_BYTES];
        try (InputStream stream = opener.open(new BufferInputStream(input.slice()))) {
            for (int count = stream.read(window); count >= 0; count = stream.read(window)) {
                if (count > rest.remaining()) {
                    throw ChunkDecoder.corrupt(
                            place, "holds more than the " + output.remaining() + " bytes there is room for", null);
                }
                rest.put(window, 0, count);
            }
            return rest.position();
        } catch (EOFException e) {
            throw ChunkDecoder.corrupt(place, "has " + name + " data that ends early", e);
        } catch (IOException | RuntimeException e) {
            if (e instanceof io.voxelflight.model.ServiceException known) {
                throw known;
            }
            // the libraries meet damaged data with all kinds of exceptions
            throw ChunkDecoder.corrupt(place, "cannot be decompressed by " + name + ": " + e.getMessage(), e);
        }
    }

    /** A buffer as a stream. */
    private static final class BufferInputStream extends InputStream {
        private final ByteBuffer bytes;

        BufferInputStream(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.hasRemaining() ? bytes.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            int count = Math.min(length, bytes.remaining());
            if (count == 0) {
                return -1;
            }
            bytes.get(to, offset, count);
            return count;
        }

        @Override
        public int available() {
            return bytes.remaining();
        }
    }
}
