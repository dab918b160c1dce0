package io.voxelflight.flight.http.blocks;

import io.voxelflight.flight.http.answer.Body;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Another body, compressed piece by piece into one small buffer. */
final class CodedBody implements Body {
    private static final int PIECE_BYTES = 128 << 10;
    /** A coder that has less room may not get on. */
    private static final int ROOM_BYTES = 64;

    private final Body plain;
    private final ContentCoding.Coder coder;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);

    @Nullable
    private ByteBuffer input;

    private boolean last;
    private boolean done;

    CodedBody(Body plain, ContentCoding.Coder coder) {
        this.plain = plain;
        this.coder = coder;
    }

    @Override
    public @Nullable ByteBuffer next() {
        if (done) {
            return null;
        }
        piece.clear();
        while (piece.remaining() >= ROOM_BYTES && !done) {
            if (input == null || (!input.hasRemaining() && !last)) {
                ByteBuffer more = plain.next();
                last = more == null;
                input = more == null ? ByteBuffer.allocateDirect(0) : direct(more);
            }
            done = coder.code(input, last, piece) && last;
        }
        return piece.flip();
    }

    /** zstd reads memory outside of the heap only: the small parts around the voxels are copied there. */
    private static ByteBuffer direct(ByteBuffer bytes) {
        return bytes.isDirect()
                ? bytes
                : ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
    }

    @Override
    public void close() {
        try (plain) {
            coder.close();
        }
    }
}
