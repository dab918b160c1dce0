package io.voxelflight.ingestion.source.array;

import java.nio.ByteBuffer;
import org.apache.arrow.memory.util.MemoryUtil;

/** Turns big-endian elements in memory into little-endian ones, eight bytes at a time. */
public final class Swap {
    private static final long LOW_BYTES = 0x00FF00FF00FF00FFL;

    private Swap() {}

    /** Turns all of a direct buffer, from byte 0 to its limit. */
    public static void toLittleEndian(ByteBuffer buffer, int elementBytes) {
        swap(MemoryUtil.getByteBufferAddress(buffer), buffer.limit(), elementBytes);
    }

    static void swap(long address, long bytes, int elementBytes) {
        long end = address + bytes;
        long at = address;
        switch (elementBytes) {
            case 1 -> {}
            case 2 -> {
                for (; at + 8 <= end; at += 8) {
                    long v = MemoryUtil.getLong(at);
                    MemoryUtil.putLong(at, ((v & LOW_BYTES) << 8) | ((v >>> 8) & LOW_BYTES));
                }
                for (; at < end; at += 2) {
                    MemoryUtil.putShort(at, Short.reverseBytes(MemoryUtil.getShort(at)));
                }
            }
            case 4 -> {
                for (; at + 8 <= end; at += 8) {
                    MemoryUtil.putLong(at, Long.rotateLeft(Long.reverseBytes(MemoryUtil.getLong(at)), 32));
                }
                if (at < end) {
                    MemoryUtil.putInt(at, Integer.reverseBytes(MemoryUtil.getInt(at)));
                }
            }
            case 8 -> {
                for (; at < end; at += 8) {
                    MemoryUtil.putLong(at, Long.reverseBytes(MemoryUtil.getLong(at)));
                }
            }
            default -> throw new IllegalArgumentException("elements of " + elementBytes + " bytes");
        }
    }
}
