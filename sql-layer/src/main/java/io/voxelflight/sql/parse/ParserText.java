package io.voxelflight.sql.parse;

import java.util.Arrays;
import java.util.List;

/** The text given to the parser, which knows where each of its characters stands in the statement as written. */
final class ParserText {
    private final String statement;
    private final String text;
    private final int[] origins;

    private ParserText(String statement, String text, int[] origins) {
        this.statement = statement;
        this.text = text;
        this.origins = origins;
    }

    /** The statement with each token as the parser reads it; comments and spaces as they are. */
    static ParserText of(String statement, List<Token> tokens) {
        Builder text = new Builder(statement);
        int from = 0;
        for (Token token : tokens) {
            text.copy(from, token.start());
            if (token.spelled().equals(token.text())) {
                text.copy(token.start(), token.stop());
            } else {
                text.insert(token.spelled(), token.start());
            }
            from = token.stop();
        }
        return text.build();
    }

    String text() {
        return text;
    }

    /** Line and column, both from 1, in the statement as written, for a line and column of the text. */
    String place(int line, int column) {
        return Tokens.place(statement, origin(line, column));
    }

    /** The part of the statement from one position of the text to another, both included; null if there is none. */
    String part(int line, int column, int endLine, int endColumn) {
        int start = origin(line, column);
        int last = origin(endLine, endColumn);
        return statement.substring(start, Math.min(Math.max(start, last + 1), statement.length()));
    }

    private int origin(int line, int column) {
        int offset = 0;
        for (int i = 1; i < line; i++) {
            int end = text.indexOf('\n', offset);
            if (end < 0) {
                break;
            }
            offset = end + 1;
        }
        offset += column - 1;
        return offset >= 0 && offset < origins.length ? origins[offset] : statement.length();
    }

    private static final class Builder {
        private final String statement;
        private final StringBuilder text = new StringBuilder();
        private int[] origins;

        Builder(String statement) {
            this.statement = statement;
            this.origins = new int[statement.length() + 16];
        }

        void copy(int start, int stop) {
            for (int i = start; i < stop; i++) {
                append(statement.charAt(i), i);
            }
        }

        void insert(String inserted, int origin) {
            for (int i = 0; i < inserted.length(); i++) {
                append(inserted.charAt(i), origin);
            }
        }

        ParserText build() {
            return new ParserText(statement, text.toString(), Arrays.copyOf(origins, text.length()));
        }

        private void append(char c, int origin) {
            if (text.length() == origins.length) {
                origins = Arrays.copyOf(origins, origins.length * 2);
            }
            origins[text.length()] = origin;
            text.append(c);
        }
    }
}
