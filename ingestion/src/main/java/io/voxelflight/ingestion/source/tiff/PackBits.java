package io.voxelflight.ingestion.source.tiff;

import java.nio.ByteBuffer;

/** Apple's PackBits (TIFF 6.0, section 9). */
final class PackBits {
    private PackBits() {}

    /** Decodes until either buffer is at its end. */
    static void decode(ByteBuffer in, ByteBuffer out) {
        while (in.hasRemaining() && out.hasRemaining()) {
            int control = in.get();
            if (control >= 0) {
                int count = Math.min(control + 1, Math.min(in.remaining(), out.remaining()));
                int limit = in.limit();
                out.put(in.limit(in.position() + count));
                in.limit(limit);
            } else if (control != -128 && in.hasRemaining()) {
                byte value = in.get();
                for (int i = Math.min(1 - control, out.remaining()); i > 0; i--) {
                    out.put(value);
                }
            }
        }
    }
}
