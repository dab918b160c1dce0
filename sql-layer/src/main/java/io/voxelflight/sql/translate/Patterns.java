package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.Map;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** Patterns, formats and keys of DuckDB as PostgreSQL writes them; each must be a literal. */
final class Patterns {
    private static final Map<Character, String> FORMATS = Map.ofEntries(
            Map.entry('Y', "YYYY"),
            Map.entry('y', "YY"),
            Map.entry('m', "MM"),
            Map.entry('d', "DD"),
            Map.entry('H', "HH24"),
            Map.entry('I', "HH12"),
            Map.entry('M', "MI"),
            Map.entry('S', "SS"),
            Map.entry('f', "US"),
            Map.entry('g', "MS"),
            Map.entry('j', "DDD"),
            Map.entry('p', "AM"),
            Map.entry('b', "Mon"),
            Map.entry('B', "FMMonth"),
            Map.entry('a', "Dy"),
            Map.entry('A', "FMDay"),
            Map.entry('F', "YYYY-MM-DD"),
            Map.entry('T', "HH24:MI:SS"));

    private Patterns() {}

    /** A glob as a regular expression of the whole text. */
    static SqlNode glob(SqlNode pattern) {
        String glob = text(pattern, "GLOB", "write LIKE");
        StringBuilder regex = new StringBuilder("^");
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                case '[' -> {
                    int end = glob.indexOf(']', i + 2);
                    if (end < 0 || glob.indexOf('\\', i) >= 0) {
                        throw refuse("this GLOB", "close its [ by ], without \\");
                    }
                    String set = glob.substring(i + 1, end);
                    regex.append('[')
                            .append(set.startsWith("!") ? "^" + set.substring(1) : set.replace("^", "\\^"))
                            .append(']');
                    i = end;
                }
                case '\\' -> {
                    if (++i == glob.length()) {
                        throw refuse("a GLOB that ends in \\", "write \\\\");
                    }
                    quote(regex, glob.charAt(i));
                }
                default -> quote(regex, c);
            }
        }
        return literal(regex.append('$').toString());
    }

    /** The key of a JSON member: a name or a place, no path. */
    static SqlNode jsonKey(SqlNode key) {
        if (key instanceof SqlNumericLiteral) {
            return key;
        }
        String name = text(key, "->", "write json -> 'key' or json -> 0");
        if (name.startsWith("$") || name.startsWith("/")) {
            throw refuse("a JSON path after ->", "write json -> 'a' ->> 'b'");
        }
        return literal(name);
    }

    /** A format of strftime as one of to_char. */
    static SqlNode timeFormat(SqlNode format) {
        String text = text(format, "strftime", "write the format '%Y-%m-%d' as a literal");
        StringBuilder written = new StringBuilder();
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                plain.append(c);
                continue;
            }
            char code = i + 1 < text.length() ? text.charAt(++i) : ' ';
            if (code == '%') {
                plain.append('%');
                continue;
            }
            String known = FORMATS.get(code);
            if (known == null) {
                throw refuse("%" + code + " in strftime", "the codes are " + codes());
            }
            flush(plain, written);
            written.append(known);
        }
        flush(plain, written);
        return literal(written.toString());
    }

    private static String codes() {
        StringBuilder codes = new StringBuilder();
        FORMATS.keySet().stream()
                .sorted()
                .forEach(code -> codes.append('%').append(code).append(' '));
        return codes.append("%%").toString();
    }

    /** Text between codes stands in double quotes. */
    private static void flush(StringBuilder plain, StringBuilder written) {
        if (!plain.isEmpty()) {
            written.append('"')
                    .append(plain.toString().replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
            plain.setLength(0);
        }
    }

    private static void quote(StringBuilder regex, char c) {
        if ("\\^$.|?*+()[]{}".indexOf(c) >= 0) {
            regex.append('\\');
        }
        regex.append(c);
    }

    private static String text(SqlNode node, String what, String hint) {
        if (node instanceof SqlLiteral literal && SqlTypeName.CHAR_TYPES.contains(literal.getTypeName())) {
            return String.valueOf(literal.getValueAs(String.class));
        }
        throw refuse(what + " with what is no text in quotes", hint);
    }

    private static SqlNode literal(String text) {
        return SqlLiteral.createCharString(text, SqlParserPos.ZERO);
    }

    private static ServiceException refuse(String what, String hint) {
        return new ServiceException(ErrorCode.UNSUPPORTED, what + " is not supported: " + hint);
    }
}
