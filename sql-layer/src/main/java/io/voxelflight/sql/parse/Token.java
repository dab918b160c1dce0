package io.voxelflight.sql.parse;

import java.util.Locale;

/**
 * A word, name, literal or sign of a statement, without comments and spaces.
 *
 * @param text as written
 * @param start offset of the first character in the statement
 * @param spelled what the parser reads in its place
 */
record Token(Type type, String text, int start, String spelled) {
    enum Type {
        /** A keyword or unquoted name. */
        WORD,
        /** A name in double quotes. */
        QUOTED,
        STRING,
        NUMBER,
        SIGN
    }

    int stop() {
        return start + text.length();
    }

    boolean is(String sign) {
        return type == Type.SIGN && text.equals(sign);
    }

    /** Whether it is that word, in any case and without quotes. */
    boolean isWord(String upperCase) {
        return type == Type.WORD && text.equalsIgnoreCase(upperCase);
    }

    boolean isName() {
        return type == Type.WORD || type == Type.QUOTED;
    }

    String upper() {
        return text.toUpperCase(Locale.ROOT);
    }
}
