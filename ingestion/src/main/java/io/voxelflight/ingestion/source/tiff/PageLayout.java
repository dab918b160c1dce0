package io.voxelflight.ingestion.source.tiff;

import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.model.ElementType;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * How the pixels of a page are stored.
 *
 * @param unitHeight rows of a strip or tile; the last strip may have fewer
 * @param unitWidth columns of a strip (the page's width) or tile
 */
record PageLayout(
        long width,
        long height,
        ElementType type,
        Compression compression,
        int predictor,
        boolean tiled,
        long unitHeight,
        long unitWidth,
        boolean bigEndian) {
    static final int NEW_SUBFILE_TYPE = 254;
    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int FILL_ORDER = 266;
    static final int DESCRIPTION = 270;
    static final int STRIP_OFFSETS = 273;
    static final int SAMPLES = 277;
    static final int ROWS_PER_STRIP = 278;
    static final int STRIP_COUNTS = 279;
    static final int X_RESOLUTION = 282;
    static final int Y_RESOLUTION = 283;
    static final int RESOLUTION_UNIT = 296;
    static final int SOFTWARE = 305;
    static final int PREDICTOR = 317;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int TILE_OFFSETS = 324;
    static final int TILE_COUNTS = 325;
    static final int SAMPLE_FORMAT = 339;

    private static final long MAX_SIDE = 1 << 30;
    private static final int MAX_UNITS = 4 << 20;

    static PageLayout of(TiffFile tiff, Ifd ifd) {
        SourceFile file = tiff.file();
        String page = "page " + ifd.page();
        long width = side(file, page, "width", ifd.number(WIDTH, 0));
        long height = side(file, page, "height", ifd.number(HEIGHT, 0));
        refuseColour(file, page, ifd);
        int bits = (int) ifd.number(BITS, 1);
        int format = (int) ifd.number(SAMPLE_FORMAT, 1);
        ElementType type = type(file, page, bits, format);
        Compression compression = Compression.of(file, page, (int) ifd.number(COMPRESSION, 1));
        int predictor = (int) ifd.number(PREDICTOR, 1);
        if (predictor < 1
                || predictor > 3
                || (predictor == 3 && !type.isFloat())
                || (predictor == 2 && type == ElementType.FLOAT16)
                || (predictor > 1 && !compression.takesPredictor())) {
            throw file.unsupported(
                    page + " has predictor " + predictor + " with " + type.numpyName() + " and compression "
                            + compression.title() + ", which is not supported: save it without a predictor");
        }
        if (ifd.number(FILL_ORDER, 1) != 1) {
            throw file.unsupported(page + " has fill order 2 (bits of each byte reversed), which is not supported");
        }
        boolean tiled = ifd.has(TILE_WIDTH) || ifd.has(TILE_OFFSETS);
        long unitHeight;
        long unitWidth;
        if (tiled) {
            unitWidth = side(file, page, "tile width", ifd.number(TILE_WIDTH, 0));
            unitHeight = side(file, page, "tile height", ifd.number(TILE_HEIGHT, 0));
        } else {
            unitWidth = width;
            unitHeight = Math.min(height, ifd.number(ROWS_PER_STRIP, height));
            if (unitHeight < 1) {
                throw file.corrupt(page + " has strips of " + unitHeight + " rows");
            }
        }
        PageLayout layout = new PageLayout(
                width,
                height,
                type,
                compression,
                predictor,
                tiled,
                unitHeight,
                unitWidth,
                tiff.order() == ByteOrder.BIG_ENDIAN);
        if (layout.down() * (double) layout.across() > MAX_UNITS) {
            throw file.unsupported(page + " is cut into more than " + MAX_UNITS + " tiles or strips");
        }
        return layout;
    }

    /** Rows of units. */
    long down() {
        return (height - 1) / unitHeight + 1;
    }

    /** Columns of units. */
    long across() {
        return (width - 1) / unitWidth + 1;
    }

    int units() {
        return (int) (down() * across());
    }

    /** Whether two pages look alike to who reads them, however they are stored. */
    boolean holdsTheSame(PageLayout other) {
        return width == other.width && height == other.height && type == other.type;
    }

    /** Bytes that a unit must at least give: those of the rows that are inside the page. */
    long expectedBytes(long row) {
        long rows = tiled ? unitHeight : Math.min(unitHeight, height - row * unitHeight);
        return rows * unitWidth * type.bytes();
    }

    /** Whether a unit lies in the file as it is in memory. */
    boolean isRaw() {
        return compression == Compression.NONE;
    }

    /** For messages: {@code 512x400 uint16} (width first, as TIFF says it). */
    String describe() {
        return width + "x" + height + " " + type.numpyName();
    }

    private static long side(SourceFile file, String page, String name, long value) {
        if (value < 1 || value > MAX_SIDE) {
            throw file.corrupt(page + " has a " + name + " of " + value);
        }
        return value;
    }

    private static void refuseColour(SourceFile file, String page, Ifd ifd) {
        long samples = ifd.number(SAMPLES, 1);
        int photometric = (int) ifd.number(PHOTOMETRIC, 1);
        String colour =
                switch (photometric) {
                    case 2 -> "RGB colour";
                    case 5 -> "CMYK colour";
                    case 6 -> "YCbCr colour";
                    case 8, 9, 10 -> "Lab colour";
                    default -> null;
                };
        if (colour != null || samples != 1) {
            throw file.unsupported(page + " has " + samples + " samples a pixel"
                    + (colour == null ? "" : " (" + colour + ")")
                    + ", a volume has one: save the channels as separate greyscale stacks"
                    + " (ImageJ: Image > Color > Split Channels) or as an ImageJ hyperstack");
        }
    }

    private static ElementType type(SourceFile file, String page, int bits, int format) {
        String kind =
                switch (format) {
                    case 1, 4 -> "uint";
                    case 2 -> "int";
                    case 3 -> "float";
                    default -> "";
                };
        for (ElementType type : ElementType.values()) {
            if (type.numpyName().equals(kind + bits)) {
                return type;
            }
        }
        String name = format == 5 || format == 6 ? "complex" : kind.isEmpty() ? "format " + format : kind;
        throw file.unsupported(page + " has samples of " + bits + " bits (" + name.toLowerCase(Locale.ROOT)
                + "), which are not supported: save them as 8 to 64 bit integers or floats");
    }
}
