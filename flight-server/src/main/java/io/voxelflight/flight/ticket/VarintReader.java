package io.voxelflight.flight.ticket;

import java.nio.charset.StandardCharsets;

/** Reads what {@link VarintWriter} wrote; a ticket that ends too early is refused as truncated. */
final class VarintReader {
    private final byte[] bytes;
    private final int end;
    private int position;

    VarintReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = next();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw TicketSeal.refused("holds a number beyond 64 bits");
    }

    long fixed() {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | (next() & 0xff);
        }
        return value;
    }

    String text() {
        long length = number();
        if (length < 0 || length > end - position) {
            throw TicketSeal.refused("is truncated");
        }
        String text = new String(bytes, position, (int) length, StandardCharsets.UTF_8);
        position += (int) length;
        return text;
    }

    private byte next() {
        if (position >= end) {
            throw TicketSeal.refused("is truncated");
        }
        return bytes[position++];
    }
}
