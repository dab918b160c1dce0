package io.voxelflight.sql.parse;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts a statement into tokens as the parser's own lexer would, and refuses what that one reads differently from what
 * users of DuckDB and PostgreSQL mean: {@code //} begins no comment here, escape strings have no prefix, a number holds
 * no underscore.
 */
final class Tokens {
    /** Signs of more than one character, longer ones first. */
    private static final List<String> LONG_SIGNS = List.of(
            "->>", "<->", "<=>", "!~*", "::", "||", "<=", ">=", "<>", "!=", "//", "==", "**", "->", ":=", "=>", "@>",
            "<@", "&&", "~*", "!~");

    /** Signs that mean something elsewhere, and what to write here. */
    private static final Map<String, String> HINTS = Map.ofEntries(
            Map.entry("//", "write floor(a / b) for integer division, -- for a comment"),
            Map.entry("==", "write ="),
            Map.entry("**", "write power(a, b)"),
            Map.entry("^", "write power(a, b)"),
            Map.entry("->>", "write jsonb_extract_path_text(attrs, 'key')"),
            Map.entry("->", "write jsonb_extract_path(attrs, 'key')"),
            Map.entry("@>", "write jsonb_extract_path_text(attrs, 'key') = 'value'"),
            Map.entry("<@", "write jsonb_extract_path_text(attrs, 'key') = 'value'"),
            Map.entry("<->", "vectors are not queried yet"),
            Map.entry("<=>", "vectors are not queried yet"),
            Map.entry("~", "write LIKE or SIMILAR TO"),
            Map.entry("~*", "write ILIKE"),
            Map.entry("!~", "write NOT LIKE"),
            Map.entry("!~*", "write NOT ILIKE"),
            Map.entry("&&", "write AND"),
            Map.entry("&", "bits are not supported"),
            Map.entry("|", "bits are not supported; text is joined by ||"),
            Map.entry("!", "write NOT or <>"),
            Map.entry("#", "write -- for a comment"),
            Map.entry("{", "structs and JDBC escapes are not supported"),
            Map.entry("}", "structs and JDBC escapes are not supported"),
            Map.entry("`", "names are quoted by \""),
            Map.entry("\\", "it means nothing outside a string"),
            Map.entry("@", "it means nothing outside a string"),
            Map.entry("$", "parameters are written ?, strings in single quotes"),
            Map.entry(":=", "named arguments are not supported"),
            Map.entry("=>", "named arguments are not supported"));

    private static final Set<String> LITERAL_WORDS = Set.of("DATE", "TIME", "TIMESTAMP", "INTERVAL");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Tokens(String text) {
        this.text = text;
    }

    /** @throws ServiceException INVALID_ARGUMENT or UNSUPPORTED, naming what and where */
    static List<Token> of(String text) {
        Tokens cutter = new Tokens(text);
        while (cutter.skipSpace()) {
            cutter.cut();
        }
        return cutter.tokens;
    }

    /** Line and column of a character, for messages. */
    static String place(String text, int offset) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(offset, text.length()); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            } else {
                column++;
            }
        }
        return "line " + line + ", column " + column;
    }

    private boolean skipSpace() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                at++;
            } else if (text.startsWith("--", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end + 1;
            } else if (text.startsWith("/*", at)) {
                skipComment();
            } else {
                return true;
            }
        }
        return false;
    }

    private void skipComment() {
        if (text.startsWith("/*+", at)) {
            throw unsupported("hints in comments", "leave it out");
        }
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
            throw invalid("the comment that begins at " + place(text, at) + " has no end: close it with */");
        }
        if (text.substring(at + 2, end).contains("/*")) {
            throw unsupported("a comment inside a comment", "leave one out");
        }
        at = end + 2;
    }

    private void cut() {
        char c = text.charAt(at);
        if (c == '\'') {
            quoted('\'', Token.Type.STRING);
        } else if (c == '"') {
            quoted('"', Token.Type.QUOTED);
        } else if (isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
            number();
        } else if (isLetter(c)) {
            word();
        } else if (c < ' ' || c == 0x7f || c > 0x7f) {
            throw invalid(String.format(
                    "the character U+%04X at %s is not allowed outside a string: remove it, or quote the name",
                    text.codePointAt(at), place(text, at)));
        } else {
            sign();
        }
    }

    private void quoted(char quote, Token.Type type) {
        int end = at + 1;
        while (true) {
            end = text.indexOf(quote, end);
            if (end < 0) {
                throw invalid("the " + (quote == '"' ? "name" : "string") + " that begins at " + place(text, at)
                        + " has no end: close it with " + quote);
            }
            if (end + 1 < text.length() && text.charAt(end + 1) == quote) {
                end += 2;
            } else {
                break;
            }
        }
        add(type, end + 1);
    }

    private void number() {
        int end = at;
        while (end < text.length()) {
            char c = text.charAt(end);
            boolean exponent =
                    (c == '+' || c == '-') && end > at && (text.charAt(end - 1) == 'e' || text.charAt(end - 1) == 'E');
            if (!isDigit(c) && c != '.' && !isLetter(c) && !exponent) {
                break;
            }
            end++;
        }
        String number = text.substring(at, end);
        if (!number.matches("([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?")) {
            throw invalid("'" + number + "' at " + place(text, at)
                    + " is not a number: write digits without underscores or letters, such as 1000 or 1.5e3");
        }
        add(Token.Type.NUMBER, end);
    }

    private void word() {
        int end = at;
        while (end < text.length() && (isLetter(text.charAt(end)) || isDigit(text.charAt(end)))) {
            end++;
        }
        String word = text.substring(at, end);
        boolean prefix = end < text.length() && text.charAt(end) == '\'';
        boolean unicode = word.equalsIgnoreCase("U") && text.startsWith("&'", end);
        Token token = new Token(Token.Type.WORD, word, at);
        if (unicode || (prefix && !LITERAL_WORDS.contains(token.upper()))) {
            throw unsupported("a string with the prefix " + word, "write it in plain single quotes");
        }
        if (end < text.length() && text.charAt(end) == '$') {
            throw unsupported("the sign $ in a name", "names have letters, digits and _, parameters are written ?");
        }
        add(Token.Type.WORD, end);
    }

    private void sign() {
        String sign = text.substring(at, at + 1);
        for (String candidate : LONG_SIGNS) {
            if (text.startsWith(candidate, at)) {
                sign = candidate;
                break;
            }
        }
        String hint = HINTS.get(sign);
        if (hint != null) {
            throw unsupported("the sign " + sign, hint);
        }
        add(Token.Type.SIGN, at + sign.length());
    }

    private void add(Token.Type type, int end) {
        tokens.add(new Token(type, text.substring(at, end), at));
        at = end;
    }

    private ServiceException unsupported(String what, String hint) {
        return new ServiceException(
                ErrorCode.UNSUPPORTED, what + " at " + place(text, at) + " is not supported: " + hint);
    }

    private static ServiceException invalid(String line) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, line);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
}
