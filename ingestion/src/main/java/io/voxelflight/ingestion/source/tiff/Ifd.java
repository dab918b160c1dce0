package io.voxelflight.ingestion.source.tiff;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An image file directory: the tags of one page. Values that lie elsewhere in the file are read when asked for. */
final class Ifd {
    private static final int MAX_TEXT_BYTES = 64 << 20;

    private final TiffFile tiff;
    private final int page;
    private final long position;
    private final List<Entry> entries;
    private final ByteBuffer buffer;
    private final long next;

    /**
     * @param inline where in the directory's buffer a short value lies
     * @param pointer where in the file a long value lies
     */
    record Entry(int tag, int type, long count, int inline, long pointer) {
        /** Bytes of one value; 0 if the type is unknown. */
        int valueBytes() {
            return switch (type) {
                case 1, 2, 6, 7 -> 1;
                case 3, 8 -> 2;
                case 4, 9, 11, 13 -> 4;
                case 5, 10, 12, 16, 17, 18 -> 8;
                default -> 0;
            };
        }
    }

    Ifd(TiffFile tiff, int page, long position, List<Entry> entries, ByteBuffer buffer, long next) {
        this.tiff = tiff;
        this.page = page;
        this.position = position;
        this.entries = entries;
        this.buffer = buffer;
        this.next = next;
    }

    int page() {
        return page;
    }

    long position() {
        return position;
    }

    /** Where the next directory lies; 0 if this is the last. */
    long next() {
        return next;
    }

    boolean has(int tag) {
        return find(tag) != null;
    }

    long count(int tag) {
        Entry entry = find(tag);
        return entry == null ? 0 : entry.count();
    }

    /** The first value of a tag. */
    long number(int tag, long otherwise) {
        Entry entry = find(tag);
        return entry == null || entry.count() == 0 ? otherwise : numbers(tag, 1)[0];
    }

    /** The first {@code count} values of a tag. */
    long[] numbers(int tag, int count) {
        Entry entry = require(tag);
        if (entry.count() < count) {
            throw tiff.file()
                    .corrupt("tag " + tag + " of page " + page + " has " + entry.count() + " values, " + count
                            + " are needed");
        }
        ByteBuffer values = values(entry, count);
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = switch (entry.type()) {
                case 1, 7 -> Byte.toUnsignedInt(values.get(i));
                case 6 -> values.get(i);
                case 3 -> Short.toUnsignedInt(values.getShort(2 * i));
                case 8 -> values.getShort(2 * i);
                case 4, 13 -> Integer.toUnsignedLong(values.getInt(4 * i));
                case 9 -> values.getInt(4 * i);
                case 16, 17, 18 -> values.getLong(8 * i);
                default ->
                    throw tiff.file()
                            .corrupt("tag " + tag + " of page " + page + " has type " + entry.type()
                                    + ", a whole number is needed");
            };
        }
        return numbers;
    }

    /** A ratio; NaN if the tag is not there or no ratio. */
    double ratio(int tag) {
        Entry entry = find(tag);
        if (entry == null || entry.type() != 5 || entry.count() < 1) {
            return Double.NaN;
        }
        ByteBuffer values = values(entry, 1);
        return (double) Integer.toUnsignedLong(values.getInt(0)) / Integer.toUnsignedLong(values.getInt(4));
    }

    /** A text without the zero bytes at its end; null if the tag is not there. */
    @Nullable
    String text(int tag) {
        Entry entry = find(tag);
        if (entry == null || entry.valueBytes() != 1) {
            return null;
        }
        if (entry.count() > MAX_TEXT_BYTES) {
            throw tiff.file()
                    .corrupt("tag " + tag + " of page " + page + " claims to be a text of " + entry.count()
                            + " bytes, at most " + MAX_TEXT_BYTES + " are believed");
        }
        ByteBuffer values = values(entry, (int) entry.count());
        byte[] bytes = new byte[(int) entry.count()];
        values.get(0, bytes);
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) { // older writers, ImageJ among them, wrote Latin-1
            return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        }
    }

    private ByteBuffer values(Entry entry, int count) {
        int bytes = entry.valueBytes();
        if (bytes == 0) {
            throw tiff.file()
                    .corrupt("tag " + entry.tag() + " of page " + page + " has the unknown type " + entry.type());
        }
        if (entry.count() <= (tiff.isBig() ? 8 : 4) / bytes) {
            return buffer.slice(entry.inline(), count * bytes).order(tiff.order());
        }
        return tiff.file()
                .bytes(entry.pointer(), Math.multiplyExact(count, bytes), "tag " + entry.tag() + " of page " + page)
                .order(tiff.order());
    }

    private Entry require(int tag) {
        Entry entry = find(tag);
        if (entry == null) {
            throw tiff.file().corrupt("page " + page + " has no tag " + tag);
        }
        return entry;
    }

    private @Nullable Entry find(int tag) {
        for (Entry entry : entries) {
            if (entry.tag() == tag) {
                return entry;
            }
        }
        return null;
    }
}
