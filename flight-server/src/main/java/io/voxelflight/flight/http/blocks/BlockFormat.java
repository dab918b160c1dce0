package io.voxelflight.flight.http.blocks;

import java.util.Locale;

/** The forms in which a block is sent; the first is what a client gets that has no wish. */
enum BlockFormat {
    NPY("application/x-npy"),
    RAW("application/octet-stream"),
    ARROW("application/vnd.apache.arrow.stream"),
    PNG("image/png"),
    JPEG("image/jpeg");

    private final String mediaType;

    BlockFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    boolean isPicture() {
        return this == PNG || this == JPEG;
    }

    /** As the parameter {@code format} names it. */
    String token() {
        return name().toLowerCase(Locale.ROOT);
    }
}
