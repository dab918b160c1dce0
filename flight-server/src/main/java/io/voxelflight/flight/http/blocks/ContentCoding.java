package io.voxelflight.flight.http.blocks;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import io.voxelflight.flight.http.answer.Body;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** How an answer's bytes may be packed (RFC 9110, 8.4.1), the better first where clients take several. */
enum ContentCoding {
    ZSTD,
    GZIP,
    IDENTITY;

    /** As headers name it. */
    String token() {
        return name().toLowerCase(Locale.ROOT);
    }

    Body apply(Body plain) {
        return switch (this) {
            case ZSTD -> new CodedBody(plain, new Zstd());
            case GZIP -> new CodedBody(plain, new Gzip());
            case IDENTITY -> plain;
        };
    }

    /** A compressor at work. */
    interface Coder extends AutoCloseable {
        /**
         * Packs what there is of {@code input} into {@code output}, as much as goes in.
         *
         * @param last whether nothing comes behind the input
         * @return whether all input is taken and, if it is the last, all output is given
         */
        boolean code(ByteBuffer input, boolean last, ByteBuffer output);

        @Override
        void close();
    }

    /** Level 1: blocks are made at each request, and noise does not get smaller by trying harder. */
    private static final class Zstd implements Coder {
        private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(1);

        @Override
        public boolean code(ByteBuffer input, boolean last, ByteBuffer output) {
            return context.compressDirectByteBufferStream(
                    output, input, last ? EndDirective.END : EndDirective.CONTINUE);
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /** RFC 1952 around the JDK's deflate, which alone takes buffers outside of the heap. */
    private static final class Gzip implements Coder {
        private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
        private static final int TRAILER_BYTES = 8;

        private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        private final CRC32 crc = new CRC32();
        private long length;
        private boolean begun;
        private boolean ended;

        @Override
        public boolean code(ByteBuffer input, boolean last, ByteBuffer output) {
            if (!begun) {
                begun = true;
                output.put(HEADER);
            }
            if (last) {
                deflater.finish();
            }
            int from = input.position();
            deflater.setInput(input);
            deflater.deflate(output);
            crc.update(input.duplicate().limit(input.position()).position(from));
            length += input.position() - from;
            if (deflater.finished() && !ended && output.remaining() >= TRAILER_BYTES) {
                ended = true;
                output.order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) crc.getValue())
                        .putInt((int) length);
            }
            return last ? ended : !input.hasRemaining();
        }

        @Override
        public void close() {
            deflater.end();
        }
    }
}
