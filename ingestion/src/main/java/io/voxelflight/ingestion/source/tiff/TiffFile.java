package io.voxelflight.ingestion.source.tiff;

import io.voxelflight.ingestion.source.array.SourceFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A TIFF file: its byte order, whether it is a BigTIFF, and its chain of image file directories. */
final class TiffFile {
    /** The longest chain that is followed. */
    private static final int MAX_PAGES = 4 << 20;

    private static final int MAX_ENTRIES = 4096;
    private static final int FIRST_READ_BYTES = 512;

    private final SourceFile file;
    private final ByteOrder order;
    private final boolean big;
    private final long first;

    TiffFile(SourceFile file) {
        this.file = file;
        ByteBuffer head = file.bytes(0, 8, "the TIFF header");
        order = head.get(0) == 'M' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        int version = head.order(order).getShort(2);
        big = version == 43;
        if (!big && version != 42) {
            throw file.corrupt("TIFF version " + version + " cannot be, 42 and 43 (BigTIFF) are known");
        }
        if (big) {
            ByteBuffer rest = file.bytes(8, 8, "the BigTIFF header").order(order);
            if (head.getShort(4) != 8 || head.getShort(6) != 0) {
                throw file.corrupt("BigTIFF offsets of " + head.getShort(4) + " bytes cannot be");
            }
            first = rest.getLong(0);
        } else {
            first = Integer.toUnsignedLong(head.getInt(4));
        }
    }

    static boolean hasMagic(byte[] head) {
        if (head.length < 4) {
            return false;
        }
        boolean little = head[0] == 'I' && head[1] == 'I' && head[3] == 0;
        boolean great = head[0] == 'M' && head[1] == 'M' && head[2] == 0;
        int version = little ? head[2] : head[3];
        return (little || great) && (version == 42 || version == 43);
    }

    SourceFile file() {
        return file;
    }

    ByteOrder order() {
        return order;
    }

    boolean isBig() {
        return big;
    }

    /** Takes the directories of the chain one after the other. */
    interface Visitor {
        /** False to stop. */
        boolean visit(Ifd ifd);
    }

    void walk(Visitor visitor) {
        Set<Long> seen = new HashSet<>();
        long at = first;
        while (at != 0) {
            if (!seen.add(at)) {
                throw file.corrupt("its chain of pages leads back to byte " + at + " after page " + (seen.size() - 1));
            }
            if (seen.size() > MAX_PAGES) {
                throw file.unsupported("it has more than " + MAX_PAGES + " pages");
            }
            Ifd ifd = read(at, seen.size() - 1);
            if (!visitor.visit(ifd)) {
                return;
            }
            at = ifd.next();
        }
    }

    /** @param page for messages */
    Ifd read(long position, int page) {
        String what = "the directory of page " + page;
        int countBytes = big ? 8 : 2;
        int entryBytes = big ? 20 : 12;
        int nextBytes = big ? 8 : 4;
        file.requireInside(position, countBytes, what);
        int length = (int) Math.min(FIRST_READ_BYTES, file.size() - position);
        ByteBuffer buffer = file.bytes(position, length, what).order(order);
        long count = big ? buffer.getLong(0) : Short.toUnsignedInt(buffer.getShort(0));
        if (count < 1 || count > MAX_ENTRIES) {
            throw file.corrupt(what + " at byte " + position + " claims to have " + Long.toUnsignedString(count)
                    + " entries, at most " + MAX_ENTRIES + " are believed");
        }
        int needed = countBytes + (int) count * entryBytes + nextBytes;
        if (needed > length) {
            buffer = file.bytes(position, needed, what).order(order);
        }
        List<Ifd.Entry> entries = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            int at = countBytes + i * entryBytes;
            int type = Short.toUnsignedInt(buffer.getShort(at + 2));
            long values = big ? buffer.getLong(at + 4) : Integer.toUnsignedLong(buffer.getInt(at + 4));
            int valueAt = at + (big ? 12 : 8);
            long pointer = big ? buffer.getLong(valueAt) : Integer.toUnsignedLong(buffer.getInt(valueAt));
            entries.add(new Ifd.Entry(Short.toUnsignedInt(buffer.getShort(at)), type, values, valueAt, pointer));
        }
        int nextAt = needed - nextBytes;
        long next = big ? buffer.getLong(nextAt) : Integer.toUnsignedLong(buffer.getInt(nextAt));
        return new Ifd(this, page, position, entries, buffer, next);
    }
}
