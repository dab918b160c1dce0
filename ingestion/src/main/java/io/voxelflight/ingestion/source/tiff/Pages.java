package io.voxelflight.ingestion.source.tiff;

import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pages of a stack and where their units lie: 8 to 16 bytes of heap a page.
 *
 * <p>A page whose uncompressed strips follow each other is one unit and known by its position; of other pages the
 * directory's position is known, and the tables of those used last are kept.
 */
final class Pages {
    private static final int MAX_LAYOUTS = 64;
    private static final long TABLE_CACHE_BYTES = 32 << 20;
    private static final int TABLE_OVERHEAD_BYTES = 200;

    private final List<TiffFile> files = new ArrayList<>();
    private final List<PageLayout> layouts = new ArrayList<>();
    private long[] positions = new long[16];
    private byte[] layoutOf = new byte[16];
    private int[] fileOf = new int[0];
    private int count;
    private final Map<Integer, Table> tables = new LinkedHashMap<>(16, 0.75f, true);
    private long tableBytes;

    /** Where the units of a page lie. */
    record Table(long[] positions, long[] sizes) {
        long bytes() {
            return 16L * positions.length + TABLE_OVERHEAD_BYTES;
        }
    }

    /** Adds a file of which every page is added next; by this files are told apart. */
    int addFile(TiffFile tiff) {
        files.add(tiff);
        return files.size() - 1;
    }

    /** Adds a page, checked to lie inside its file. */
    void add(int file, Ifd ifd) {
        TiffFile tiff = files.get(file);
        PageLayout layout = PageLayout.of(tiff, ifd);
        Table table = table(tiff, layout, ifd);
        long position = ifd.position();
        if (isOnePiece(layout, table)) {
            position = table.positions()[0];
            layout = onePiece(layout);
        }
        add(file, position, layout);
    }

    /** Adds an uncompressed page that has no directory of its own. */
    void addRaw(int file, long position, PageLayout layout) {
        add(file, position, onePiece(layout));
    }

    private void add(int file, long position, PageLayout layout) {
        int known = layouts.indexOf(layout);
        if (known < 0) {
            if (layouts.size() == MAX_LAYOUTS) {
                throw files.get(file)
                        .file()
                        .unsupported("its pages are stored in more than " + MAX_LAYOUTS + " different ways");
            }
            known = layouts.size();
            layouts.add(layout);
        }
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, count * 2);
            layoutOf = Arrays.copyOf(layoutOf, count * 2);
        }
        if (files.size() > 1) {
            if (fileOf.length < positions.length) {
                fileOf = Arrays.copyOf(fileOf, positions.length);
            }
            fileOf[count] = file;
        }
        positions[count] = position;
        layoutOf[count] = (byte) known;
        count++;
    }

    int count() {
        return count;
    }

    PageLayout layout(int page) {
        return layouts.get(layoutOf[page]);
    }

    TiffFile tiff(int page) {
        return files.get(files.size() > 1 ? fileOf[page] : 0);
    }

    SourceFile file(int page) {
        return tiff(page).file();
    }

    /** For messages: which page of which file. */
    String describe(int page) {
        return files.size() > 1 ? "" : "page " + page + " of ";
    }

    /** All bytes of the files. */
    long fileBytes() {
        return files.stream().mapToLong(each -> each.file().size()).sum();
    }

    int fileCount() {
        return files.size();
    }

    /** Where a unit of a page begins in its file; 0 if it is not stored. */
    long position(int page, int unit) {
        return isKnownByPosition(page) ? positions[page] : table(page).positions()[unit];
    }

    /** Bytes stored of a unit. */
    long size(int page, int unit) {
        return isKnownByPosition(page)
                ? layout(page).expectedBytes(0)
                : table(page).sizes()[unit];
    }

    private boolean isKnownByPosition(int page) {
        PageLayout layout = layout(page);
        return layout.isRaw() && layout.units() == 1;
    }

    private Table table(int page) {
        synchronized (tables) {
            Table known = tables.get(page);
            if (known != null) {
                return known;
            }
        }
        TiffFile tiff = tiff(page);
        Table table = table(tiff, layout(page), tiff.read(positions[page], page));
        synchronized (tables) {
            Table other = tables.put(page, table);
            tableBytes += table.bytes() - (other == null ? 0 : other.bytes());
            var eldest = tables.values().iterator();
            while (tableBytes > TABLE_CACHE_BYTES && tables.size() > 1) {
                tableBytes -= eldest.next().bytes();
                eldest.remove();
            }
        }
        return table;
    }

    private static Table table(TiffFile tiff, PageLayout layout, Ifd ifd) {
        int units = layout.units();
        int offsetTag = layout.tiled() ? PageLayout.TILE_OFFSETS : PageLayout.STRIP_OFFSETS;
        int countTag = layout.tiled() ? PageLayout.TILE_COUNTS : PageLayout.STRIP_COUNTS;
        long[] positions = ifd.numbers(offsetTag, units);
        long[] sizes;
        if (ifd.has(countTag) || !layout.isRaw()) {
            sizes = ifd.numbers(countTag, units);
        } else { // writers of old leave the counts out of uncompressed files
            sizes = new long[units];
            Arrays.setAll(sizes, unit -> layout.expectedBytes(unit / layout.across()));
        }
        long unitBytes =
                layout.unitHeight() * layout.unitWidth() * layout.type().bytes();
        for (int unit = 0; unit < units; unit++) {
            if (positions[unit] == 0 && sizes[unit] == 0) {
                continue; // a hole: GDAL leaves out tiles of zeros
            }
            String what = (layout.tiled() ? "tile " : "strip ") + unit + " of page " + ifd.page();
            long expected = layout.expectedBytes(unit / layout.across());
            long size = layout.isRaw() ? expected : sizes[unit];
            tiff.file().requireInside(positions[unit], size, what);
            if (positions[unit] == 0 || sizes[unit] < 1 || (layout.isRaw() && sizes[unit] < expected)) {
                throw tiff.file()
                        .corrupt(what + " has " + sizes[unit] + " bytes at byte " + positions[unit] + ", expected are "
                                + (layout.isRaw() ? expected : "more"));
            }
            if (!layout.isRaw() && sizes[unit] > 2 * unitBytes + (1 << 20)) {
                throw tiff.file()
                        .corrupt(what + " claims " + sizes[unit] + " compressed bytes, more than twice the " + unitBytes
                                + " that it holds");
            }
        }
        return new Table(positions, sizes);
    }

    /** Whether the page's uncompressed strips follow each other without a gap. */
    private static boolean isOnePiece(PageLayout layout, Table table) {
        if (!layout.isRaw() || layout.across() > 1 || (layout.tiled() && layout.unitWidth() != layout.width())) {
            return false;
        }
        if (layout.tiled() && layout.height() % layout.unitHeight() != 0) {
            return false;
        }
        for (int unit = 0; unit + 1 < table.positions().length; unit++) {
            if (table.positions()[unit] == 0
                    || table.positions()[unit] + layout.expectedBytes(unit) != table.positions()[unit + 1]) {
                return false;
            }
        }
        return table.positions()[0] != 0;
    }

    private static PageLayout onePiece(PageLayout layout) {
        return new PageLayout(
                layout.width(),
                layout.height(),
                layout.type(),
                layout.compression(),
                layout.predictor(),
                false,
                layout.height(),
                layout.width(),
                layout.bigEndian());
    }

    /**
     * Returns if these pages look alike.
     *
     * @param pages which
     * @throws ServiceException INVALID_ARGUMENT naming the page and both sizes
     */
    void requireAlike(int[] pages) {
        PageLayout first = layout(pages[0]);
        for (int page : pages) {
            PageLayout layout = layout(page);
            if (!layout.holdsTheSame(first)) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        describe(page) + file(page) + " is " + layout.describe() + ", but "
                                + describe(pages[0]) + file(pages[0]) + " is " + first.describe()
                                + ": all pages of a volume must be alike");
            }
        }
    }
}
