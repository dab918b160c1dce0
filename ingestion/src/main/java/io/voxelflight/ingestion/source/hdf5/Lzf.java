package io.voxelflight.ingestion.source.hdf5;

import io.voxelflight.ingestion.source.array.SourceFile;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.util.MemoryUtil;

/** LibLZF's format as h5py's filter writes it: literal runs and back references, no header. */
final class Lzf {
    private Lzf() {}

    static void decode(ByteBuffer in, ByteBuffer out, SourceFile file, String what) {
        long at = MemoryUtil.getByteBufferAddress(in) + in.position();
        long end = at + in.remaining();
        long start = MemoryUtil.getByteBufferAddress(out) + out.position();
        long to = start;
        long limit = start + out.remaining();
        while (at < end) {
            int control = Byte.toUnsignedInt(MemoryUtil.getByte(at++));
            if (control < 32) {
                int count = control + 1;
                if (count > end - at || count > limit - to) {
                    throw file.corrupt(what + " has a damaged LZF stream: a literal run leaves the chunk");
                }
                for (int i = 0; i < count; i++) { // too short for a call
                    MemoryUtil.putByte(to + i, MemoryUtil.getByte(at + i));
                }
                at += count;
                to += count;
                continue;
            }
            int count = control >>> 5;
            if (end - at < (count == 7 ? 2 : 1)) {
                throw file.corrupt(what + " has a damaged LZF stream: it ends within a reference");
            }
            if (count == 7) {
                count += Byte.toUnsignedInt(MemoryUtil.getByte(at++));
            }
            count += 2;
            long from = to - ((control & 0x1f) << 8 | Byte.toUnsignedInt(MemoryUtil.getByte(at++))) - 1;
            if (from < start || count > limit - to) {
                throw file.corrupt(what + " has a damaged LZF stream: a reference leaves the chunk");
            }
            for (int i = 0; i < count; i++) { // one by one: a reference may overlap what it writes
                MemoryUtil.putByte(to + i, MemoryUtil.getByte(from + i));
            }
            to += count;
        }
        out.position(out.position() + (int) (to - start));
    }
}
