package io.voxelflight.sql.parse;

/** Text cut to a length that fits into one line of an error. */
public final class Shortened {
    private static final int LENGTH = 200;

    private Shortened() {}

    public static String of(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= LENGTH ? line : line.substring(0, LENGTH) + " ...";
    }
}
