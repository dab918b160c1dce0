package io.voxelflight.sql.parse;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a statement into tokens as the parser's own lexer would, and refuses what that one reads differently from what
 * users of DuckDB and PostgreSQL mean. Escape strings, strings in dollars, numbers with underscores and numbered
 * parameters are spelled plainly for the parser.
 */
final class Tokens {
    /** Signs of more than one character, longer ones first. */
    private static final List<String> LONG_SIGNS = List.of(
            "->>", "<->", "<=>", "!~*", "::", "||", "<<", ">>", "<=", ">=", "<>", "!=", "//", "==", "**", "->", ":=",
            "=>", "@>", "<@", "&&", "~*", "!~");

    /** Signs that mean something elsewhere, and what to write here. */
    private static final Map<String, String> HINTS = Map.ofEntries(
            Map.entry("@>", "write attrs->>'key' = 'value'"),
            Map.entry("<@", "write attrs->>'key' = 'value'"),
            Map.entry("<->", "a distance of vectors is not to be had in SQL yet"),
            Map.entry("<=>", "a distance of vectors is not to be had in SQL yet"),
            Map.entry("~*", "write ILIKE or regexp_matches(lower(x), 'expression')"),
            Map.entry("!~*", "write NOT ILIKE"),
            Map.entry("&&", "write AND"),
            Map.entry("&", "bits are not supported"),
            Map.entry("|", "bits are not supported; text is joined by ||"),
            Map.entry("<<", "bits are not supported"),
            Map.entry(">>", "bits are not supported"),
            Map.entry("!", "write NOT or <>"),
            Map.entry("#", "write -- for a comment"),
            Map.entry("{", "there are no structs, select the values as columns of their own"),
            Map.entry("}", "there are no structs, select the values as columns of their own"),
            Map.entry("`", "names are quoted by \""),
            Map.entry("\\", "it means nothing outside a string"),
            Map.entry("@", "it means nothing outside a string"),
            Map.entry("$", "parameters are written ? or $1, text in single quotes or $$"));

    /** JDBC's and ODBC's escapes, such as {@code {d '2024-02-29'}}, that stand for a word; others for none. */
    private static final Map<String, String> ESCAPES =
            Map.of("D", "DATE", "T", "TIME", "TS", "TIMESTAMP", "ESCAPE", "ESCAPE");

    private static final Pattern ESCAPE =
            Pattern.compile("\\{\\s*((?:fn|oj)(?=\\s+[a-z(\"])|(?:d|t|ts|escape)(?=\\s*'))", Pattern.CASE_INSENSITIVE);

    private static final Set<String> LITERAL_WORDS = Set.of("DATE", "TIME", "TIMESTAMP", "INTERVAL");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int numbered;

    /** Places of escapes that are open, innermost first. */
    private final Deque<Integer> escapes = new ArrayDeque<>();

    private Tokens(String text) {
        this.text = text;
    }

    /** @throws ServiceException INVALID_ARGUMENT or UNSUPPORTED, naming what and where */
    static List<Token> of(String text) {
        Tokens cutter = new Tokens(text);
        while (cutter.skipSpace()) {
            cutter.cut();
        }
        if (!cutter.escapes.isEmpty()) {
            throw invalid(
                    "the escape that begins at " + place(text, cutter.escapes.peek()) + " has no end: close it with }");
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
        } else if (c == '$') {
            dollar();
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
        String digits = number.replaceAll("(?<=[0-9])_(?=[0-9])", "");
        if (!digits.matches("([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?")) {
            throw invalid("'" + Shortened.of(number) + "' at " + place(text, at)
                    + " is not a number: write digits, such as 1000, 1_000 or 1.5e3");
        }
        add(Token.Type.NUMBER, end, digits);
    }

    private void word() {
        int end = at;
        while (end < text.length() && (isLetter(text.charAt(end)) || isDigit(text.charAt(end)))) {
            end++;
        }
        String word = text.substring(at, end);
        boolean prefix = end < text.length() && text.charAt(end) == '\'';
        boolean unicode = word.equalsIgnoreCase("U") && text.startsWith("&'", end);
        if (prefix && word.equalsIgnoreCase("E")) {
            escaped(end);
            return;
        }
        if (unicode || (prefix && !LITERAL_WORDS.contains(word.toUpperCase(Locale.ROOT)))) {
            throw unsupported("a string with the prefix " + word, "write it in plain single quotes");
        }
        if (end < text.length() && text.charAt(end) == '$') {
            throw unsupported("the sign $ in a name", "names have letters, digits and _");
        }
        add(Token.Type.WORD, end);
    }

    /** {@code E'..'}: the parser reads the plain string that it means. */
    private void escaped(int quote) {
        StringBuilder meant = new StringBuilder();
        int end = quote + 1;
        while (true) {
            if (end >= text.length()) {
                throw invalid("the string that begins at " + place(text, at) + " has no end: close it with '");
            }
            char c = text.charAt(end);
            if (c == '\'' && text.startsWith("''", end)) {
                meant.append("''");
                end += 2;
            } else if (c == '\'') {
                break;
            } else if (c == '\\' && end + 1 < text.length()) {
                meant.append(escape(text.charAt(end + 1), end));
                end += 2;
            } else {
                meant.append(c);
                end++;
            }
        }
        add(Token.Type.STRING, end + 1, "'" + meant + "'");
    }

    private String escape(char c, int where) {
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case '\\' -> "\\";
            case '\'' -> "''";
            default ->
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        "the escape \\" + c + " at " + place(text, where)
                                + " is not supported: write the character itself, or one of \\n \\t \\r \\b \\f \\\\ \\'");
        };
    }

    /** {@code $$text$$}, or the number of a parameter. */
    private void dollar() {
        if (text.startsWith("$$", at)) {
            int end = text.indexOf("$$", at + 2);
            if (end < 0) {
                throw invalid("the string that begins at " + place(text, at) + " has no end: close it with $$");
            }
            add(Token.Type.STRING, end + 2, "'" + text.substring(at + 2, end).replace("'", "''") + "'");
            return;
        }
        int end = at + 1;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        if (end == at + 1 || (end < text.length() && isLetter(text.charAt(end)))) {
            throw unsupported("the sign $", HINTS.getOrDefault("$", ""));
        }
        if (!text.substring(at + 1, end).equals(Integer.toString(++numbered))) {
            throw unsupported(
                    "the parameter " + Shortened.of(text.substring(at, end)) + ", which is out of order,",
                    "number parameters $1, $2, ... in the order in which they stand, each once");
        }
        add(Token.Type.SIGN, end, "?");
    }

    private void sign() {
        if (escape()) {
            return;
        }
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

    /** The beginning or end of a JDBC escape, which the parser does not see. */
    private boolean escape() {
        if (text.charAt(at) == '}' && !escapes.isEmpty()) {
            escapes.pop();
            add(Token.Type.SIGN, at + 1, " ");
            return true;
        }
        Matcher escape = ESCAPE.matcher(text).region(at, text.length()).useTransparentBounds(true);
        if (!escape.lookingAt()) {
            return false;
        }
        escapes.push(at);
        String word = escape.group(1).toUpperCase(Locale.ROOT);
        add(Token.Type.SIGN, escape.end(), ESCAPES.getOrDefault(word, " "));
        return true;
    }

    private void add(Token.Type type, int end) {
        add(type, end, text.substring(at, end));
    }

    private void add(Token.Type type, int end, String spelled) {
        tokens.add(new Token(type, text.substring(at, end), at, spelled));
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
