package io.voxelflight.ingestion.source;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;

/** Writes TIFF files byte by byte, as TIFF 6.0 and the BigTIFF notes say, right ones and wrong ones. */
final class TiffBytes {
    /** A unit that is left out. */
    static final byte[] HOLE = {};

    private final ByteOrder order;
    private final boolean big;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<Integer, long[]> patches = new LinkedHashMap<>();
    private int linkAt;

    /** Where the last directory begins. */
    long lastDirectory;

    TiffBytes(ByteOrder order, boolean big) {
        this.order = order;
        this.big = big;
        ByteBuffer head = ByteBuffer.allocate(big ? 16 : 8).order(order);
        head.put((byte) (order == ByteOrder.BIG_ENDIAN ? 'M' : 'I')).put(head.get(0));
        head.putShort((short) (big ? 43 : 42));
        if (big) {
            head.putShort((short) 8).putShort((short) 0);
        }
        linkAt = head.position();
        out.writeBytes(head.array());
    }

    /** What a page is made of. */
    static final class Page {
        final int width;
        final int height;
        final int bits;
        int format = 1;
        int compression = 1;
        int predictor = 1;
        int photometric = 1;
        int samples = 1;
        int subfileType;
        int tileWidth;
        int rows;
        String description = "";
        double pixelsPerUnit;

        /** The stored bytes of each strip or tile. */
        byte[][] units = {};

        Page(int width, int height, int bits) {
            this.width = width;
            this.height = height;
            this.bits = bits;
            this.rows = height;
        }

        Page strips(int rowsEach, byte[]... stored) {
            rows = rowsEach;
            units = stored;
            return this;
        }

        Page tiles(int width, int height, byte[]... stored) {
            tileWidth = width;
            rows = height;
            units = stored;
            return this;
        }

        Page compression(int scheme, int how) {
            compression = scheme;
            predictor = how;
            return this;
        }

        Page description(String text) {
            description = text;
            return this;
        }
    }

    TiffBytes page(Page page) {
        long[] offsets = new long[page.units.length];
        long[] counts = new long[page.units.length];
        for (int i = 0; i < page.units.length; i++) {
            byte[] unit = page.units[i];
            if (unit.length > 0) {
                offsets[i] = out.size();
                counts[i] = unit.length;
                out.writeBytes(unit);
            }
        }
        Map<Integer, long[]> tags = new LinkedHashMap<>();
        tags.put(254, new long[] {4, page.subfileType});
        tags.put(256, new long[] {4, page.width});
        tags.put(257, new long[] {4, page.height});
        tags.put(258, numbers(3, fill(page.samples, page.bits)));
        tags.put(259, new long[] {3, page.compression});
        tags.put(262, new long[] {3, page.photometric});
        if (!page.description.isEmpty()) {
            byte[] text = (page.description + "\0").getBytes(StandardCharsets.UTF_8);
            long[] bytes = new long[text.length];
            Arrays.setAll(bytes, i -> text[i]);
            tags.put(270, numbers(2, bytes));
        }
        if (page.tileWidth == 0) {
            tags.put(273, numbers(big ? 16 : 4, offsets));
        }
        tags.put(277, new long[] {3, page.samples});
        if (page.tileWidth == 0) {
            tags.put(278, new long[] {3, page.rows});
            tags.put(279, numbers(4, counts));
        }
        if (page.pixelsPerUnit > 0) {
            tags.put(282, new long[] {5, Math.round(page.pixelsPerUnit * 1000), 1000});
            tags.put(283, new long[] {5, Math.round(page.pixelsPerUnit * 1000), 1000});
        }
        tags.put(317, new long[] {3, page.predictor});
        if (page.tileWidth > 0) {
            tags.put(322, new long[] {3, page.tileWidth});
            tags.put(323, new long[] {3, page.rows});
            tags.put(324, numbers(big ? 16 : 4, offsets));
            tags.put(325, numbers(4, counts));
        }
        tags.put(339, numbers(3, fill(page.samples, page.format)));
        directory(tags);
        return this;
    }

    /** Links the last directory to a place in the file. */
    TiffBytes linkTo(long position) {
        patches.put(linkAt, new long[] {position});
        return this;
    }

    TiffBytes append(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    int size() {
        return out.size();
    }

    byte[] toBytes() {
        ByteBuffer file = ByteBuffer.wrap(out.toByteArray()).order(order);
        patches.forEach((at, value) -> {
            if (big) {
                file.putLong(at, value[0]);
            } else {
                file.putInt(at, (int) value[0]);
            }
        });
        return file.array();
    }

    /** Little-endian samples as this file stores them. */
    byte[] stored(byte[] littleEndian, int bytes) {
        byte[] stored = littleEndian.clone();
        if (order == ByteOrder.BIG_ENDIAN) {
            for (int i = 0; i < stored.length; i += bytes) {
                for (int b = 0; b < bytes; b++) {
                    stored[i + b] = littleEndian[i + bytes - 1 - b];
                }
            }
        }
        return stored;
    }

    static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        byte[] buffer = new byte[bytes.length + 100];
        int length = deflater.deflate(buffer);
        deflater.end();
        return Arrays.copyOf(buffer, length);
    }

    private void directory(Map<Integer, long[]> tags) {
        ByteBuffer entries = ByteBuffer.allocate(tags.size() * 20 + 16).order(order);
        if (big) {
            entries.putLong(tags.size());
        } else {
            entries.putShort((short) tags.size());
        }
        tags.forEach((tag, value) -> {
            int type = (int) value[0];
            int bytes = type == 3 ? 2 : type == 2 ? 1 : type == 16 || type == 5 ? 8 : 4;
            int count = type == 5 ? 1 : value.length - 1;
            ByteBuffer values = ByteBuffer.allocate(Math.max(8, count * bytes)).order(order);
            for (int i = 1; i < value.length; i++) {
                switch (type) {
                    case 2 -> values.put((byte) value[i]);
                    case 3 -> values.putShort((short) value[i]);
                    case 16 -> values.putLong(value[i]);
                    default -> values.putInt((int) value[i]);
                }
            }
            int inline = big ? 8 : 4;
            entries.putShort((short) (int) tag).putShort((short) type);
            if (big) {
                entries.putLong(count);
            } else {
                entries.putInt(count);
            }
            if (count * bytes <= inline) {
                entries.put(values.array(), 0, inline);
            } else {
                if (big) {
                    entries.putLong(out.size());
                } else {
                    entries.putInt(out.size());
                }
                out.write(values.array(), 0, count * bytes);
            }
        });
        lastDirectory = out.size();
        patches.put(linkAt, new long[] {lastDirectory});
        linkAt = out.size() + entries.position();
        out.write(entries.array(), 0, entries.position() + (big ? 8 : 4));
    }

    private static long[] numbers(int type, long[] values) {
        long[] tag = new long[values.length + 1];
        tag[0] = type;
        System.arraycopy(values, 0, tag, 1, values.length);
        return tag;
    }

    private static long[] fill(int count, long value) {
        long[] values = new long[count];
        Arrays.fill(values, value);
        return values;
    }
}
