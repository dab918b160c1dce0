package io.voxelflight.blockio.decode;

import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;

/** Undoes one bytes-to-bytes step. Buffers are direct; implementations are safe for many threads. */
sealed interface ByteCodec {
    /** Takes a frame off that lies around the data: no byte of it moves. */
    non-sealed interface Frame extends ByteCodec {
        /** Bytes that the frame adds; negative if that differs. */
        int frameBytes();

        /**
         * The data in the frame, checked where the frame holds a checksum.
         *
         * @throws ServiceException CORRUPT_DATA
         */
        ByteBuffer body(ByteBuffer input, String place);
    }

    /** Makes other bytes. */
    non-sealed interface Decompressor extends ByteCodec {
        /**
         * Decodes all of {@code input} (its remaining bytes) into {@code output} from its position on; neither's position
         * or limit matters afterwards.
         *
         * @return bytes written
         * @throws ServiceException CORRUPT_DATA if it is not valid, or holds more than {@code output.remaining()} bytes
         */
        int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place);

        /** Whether it makes as many bytes as it gets. */
        default boolean keepsSize() {
            return false;
        }
    }
}
