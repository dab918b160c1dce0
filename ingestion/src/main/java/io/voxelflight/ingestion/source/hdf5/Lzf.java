package io.voxelflight.ingestion.source.hdf5;

import io.voxelflight.ingestion.source.array.SourceFile;
import java.nio.ByteBuffer;

/** LibLZF's format as h5py's filter writes it: literal runs and back references, no header. */
final class Lzf {
    private Lzf() {}

    static void decode(ByteBuffer in, ByteBuffer out, SourceFile file, String what) {
        int start = out.position();
        while (in.hasRemaining()) {
            int control = Byte.toUnsignedInt(in.get());
            if (control < 32) {
                int count = control + 1;
                if (count > in.remaining() || count > out.remaining()) {
                    throw file.corrupt(what + " has a damaged LZF stream: a literal run leaves the chunk");
                }
                int limit = in.limit();
                out.put(in.limit(in.position() + count));
                in.limit(limit);
                continue;
            }
            int count = control >>> 5;
            if (in.remaining() < (count == 7 ? 2 : 1)) {
                throw file.corrupt(what + " has a damaged LZF stream: it ends within a reference");
            }
            if (count == 7) {
                count += Byte.toUnsignedInt(in.get());
            }
            count += 2;
            int from = out.position() - ((control & 0x1f) << 8 | Byte.toUnsignedInt(in.get())) - 1;
            if (from < start || count > out.remaining()) {
                throw file.corrupt(what + " has a damaged LZF stream: a reference leaves the chunk");
            }
            for (int i = 0; i < count; i++) { // one by one: a reference may overlap what it writes
                out.put(out.get(from + i));
            }
        }
    }
}
