package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;
import org.apache.arrow.memory.util.MemoryUtil;

/** The mean of unsigned bytes. Eights of voxels, which is nearly all, are added four means at a time inside a long. */
final class ByteMean extends IntegerMean {
    private static final long EVEN_BYTES = 0x00FF00FF00FF00FFL;
    private static final long LANE_ONES = 0x0001000100010001L;

    ByteMean() {
        super(ElementType.UINT8);
    }

    @Override
    void row(long[] rows, int count, int across, int length, long target) {
        int done = 0;
        if (count == 4 && across == 2) {
            long a = rows[0];
            long b = rows[1];
            long c = rows[2];
            long d = rows[3];
            for (; done + 4 <= length; done += 4) {
                long at = 2L * done;
                long sum = pairs(MemoryUtil.getLong(a + at))
                        + pairs(MemoryUtil.getLong(b + at))
                        + pairs(MemoryUtil.getLong(c + at))
                        + pairs(MemoryUtil.getLong(d + at));
                // as IntegerMean.round, in four lanes of 16 bits, which hold at most 8 * 255 + 4
                long mean = ((sum + 3 * LANE_ONES + (sum >>> 3 & LANE_ONES)) >>> 3) & EVEN_BYTES;
                mean = (mean | mean >>> 8) & 0x0000FFFF0000FFFFL;
                MemoryUtil.putInt(target + done, (int) (mean | mean >>> 16));
            }
            if (done == length) {
                return;
            }
            for (int r = 0; r < 4; r++) {
                rows[r] += 2L * done;
            }
        }
        super.row(rows, count, across, length - done, target + done);
        for (int r = 0; done > 0 && r < 4; r++) {
            rows[r] -= 2L * done;
        }
    }

    private static long pairs(long word) {
        return (word & EVEN_BYTES) + (word >>> 8 & EVEN_BYTES);
    }
}
