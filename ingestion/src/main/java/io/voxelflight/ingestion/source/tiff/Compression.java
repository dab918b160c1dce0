package io.voxelflight.ingestion.source.tiff;

import io.voxelflight.ingestion.source.array.SourceFile;

/** The compression schemes that are read. */
enum Compression {
    NONE("none"),
    LZW("LZW"),
    DEFLATE("deflate"),
    PACK_BITS("PackBits");

    private final String title;

    Compression(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean takesPredictor() {
        return this == LZW || this == DEFLATE;
    }

    static Compression of(SourceFile file, String page, int tag) {
        return switch (tag) {
            case 1 -> NONE;
            case 5 -> LZW;
            case 8, 32946 -> DEFLATE;
            case 32773 -> PACK_BITS;
            default ->
                throw file.unsupported(page + " is compressed with " + name(tag)
                        + ", which is not supported: save it with deflate, LZW, PackBits or uncompressed");
        };
    }

    private static String name(int tag) {
        return switch (tag) {
            case 2, 3, 4, 32771 -> "CCITT fax (" + tag + ")";
            case 6, 7 -> "JPEG (" + tag + ")";
            case 34887 -> "LERC (34887)";
            case 34925 -> "LZMA (34925)";
            case 33003, 33004, 33005, 34712, 34713 -> "JPEG 2000 (" + tag + ")";
            case 34926, 50000 -> "Zstandard (" + tag + ")";
            case 34927, 50001 -> "WebP (" + tag + ")";
            case 50002, 52546 -> "JPEG XL (" + tag + ")";
            default -> "scheme " + tag;
        };
    }
}
