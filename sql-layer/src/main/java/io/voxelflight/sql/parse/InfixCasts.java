package io.voxelflight.sql.parse;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes {@code value::type} as {@code CAST(value AS type)}, and {@code type[]} as {@code type ARRAY}. The stock parser
 * binds {@code ::} weaker than every other operator ({@code id = '1'::bigint} becomes {@code (id = '1')::bigint}); here
 * it binds strongest, as in PostgreSQL and DuckDB.
 */
final class InfixCasts {
    /** Words before a parenthesis that are no function's name; the parenthesis alone is the value. */
    private static final Set<String> OPERATOR_WORDS = Set.of(
            "SELECT",
            "DISTINCT",
            "WHERE",
            "AND",
            "OR",
            "NOT",
            "ON",
            "HAVING",
            "BY",
            "THEN",
            "ELSE",
            "WHEN",
            "CASE",
            "BETWEEN",
            "LIKE",
            "ILIKE",
            "QUALIFY",
            "LIMIT",
            "OFFSET",
            "TO",
            "ESCAPE",
            "SYMMETRIC",
            "ASYMMETRIC");

    /** Words before a parenthesis after which a cast has no clear meaning. */
    private static final Set<String> UNCLEAR_WORDS = Set.of(
            "IN",
            "ANY",
            "SOME",
            "ALL",
            "EXISTS",
            "VALUES",
            "AS",
            "USING",
            "FROM",
            "JOIN",
            "LATERAL",
            "UNNEST",
            "TABLE",
            "UNION",
            "EXCEPT",
            "INTERSECT",
            "IS",
            "WITH");

    private final String statement;
    private final List<Token> tokens;
    private final int[] opened;
    private final int[] closed;
    private final String[] replaced;
    private final Map<Integer, Integer> startOfCastEndingAt = new HashMap<>();

    private InfixCasts(String statement, List<Token> tokens) {
        this.statement = statement;
        this.tokens = tokens;
        this.opened = new int[tokens.size()];
        this.closed = new int[tokens.size()];
        this.replaced = new String[tokens.size()];
    }

    static ParserText write(String statement, List<Token> tokens) {
        InfixCasts casts = new InfixCasts(statement, tokens);
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).is("[") && casts.is(i + 1, "]") && i > 0 && !casts.isWord(i - 1, "ARRAY")) {
                casts.replaced[i] = " ARRAY ";
                casts.replaced[i + 1] = " ";
            } else if (tokens.get(i).is("::")) {
                casts.cast(i);
            }
        }
        return casts.text();
    }

    private void cast(int sign) {
        int end = typeEnd(sign);
        int start = sign == 0 ? -1 : valueStart(sign - 1, sign);
        if (start < 0) {
            throw unclear(sign);
        }
        opened[start]++;
        replaced[sign] = " AS ";
        closed[end]++;
        startOfCastEndingAt.put(end, start);
    }

    /** The first token of the value that ends with a token, or -1. */
    private int valueStart(int last, int sign) {
        if (last < 0) {
            return -1;
        }
        Integer cast = startOfCastEndingAt.get(last);
        if (cast != null) {
            return cast;
        }
        Token token = tokens.get(last);
        return switch (token.type()) {
            case NUMBER -> last;
            case STRING -> last > 0 && isLiteralWord(tokens.get(last - 1)) ? last - 1 : last;
            case QUOTED -> nameStart(last);
            case WORD -> {
                if (token.isWord("END")) {
                    yield caseStart(last);
                }
                if (isWord(last - 1, "OVER")) {
                    yield valueStart(last - 2, sign);
                }
                yield OPERATOR_WORDS.contains(token.upper()) || UNCLEAR_WORDS.contains(token.upper())
                        ? -1
                        : nameStart(last);
            }
            case SIGN ->
                switch (token.text()) {
                    case "?" -> last;
                    case "]" -> {
                        int open = opening(last, "[", "]");
                        yield isWord(open - 1, "ARRAY") ? open - 1 : valueStart(open - 1, sign);
                    }
                    case ")" -> parenthesisStart(opening(last, "(", ")"), sign);
                    default -> -1;
                };
        };
    }

    private int parenthesisStart(int open, int sign) {
        if (open <= 0 || !tokens.get(open - 1).isName()) {
            return open;
        }
        Token before = tokens.get(open - 1);
        if (before.isWord("OVER") || before.isWord("FILTER")) {
            return valueStart(open - 2, sign);
        }
        if (before.isWord("GROUP") && isWord(open - 2, "WITHIN")) {
            return valueStart(open - 3, sign);
        }
        if (before.type() == Token.Type.WORD && OPERATOR_WORDS.contains(before.upper())) {
            return open;
        }
        if (before.type() == Token.Type.WORD && UNCLEAR_WORDS.contains(before.upper())) {
            throw unclear(sign);
        }
        return nameStart(open - 1);
    }

    private int nameStart(int last) {
        int start = last;
        while (is(start - 1, ".")) {
            if (start < 2 || !tokens.get(start - 2).isName()) {
                return -1;
            }
            start -= 2;
        }
        return start;
    }

    private int caseStart(int end) {
        int depth = 0;
        for (int i = end; i >= 0; i--) {
            if (isWord(i, "END")) {
                depth++;
            } else if (isWord(i, "CASE") && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private int opening(int close, String open, String shut) {
        int depth = 0;
        for (int i = close; i >= 0; i--) {
            if (tokens.get(i).is(shut)) {
                depth++;
            } else if (tokens.get(i).is(open) && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** The last token of the type that follows. */
    private int typeEnd(int sign) {
        int end = sign + 1;
        if (end >= tokens.size() || tokens.get(end).type() != Token.Type.WORD) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a type must follow the '::' at "
                            + Tokens.place(statement, tokens.get(sign).start()) + ", such as ::double");
        }
        if ((isWord(end, "DOUBLE") && isWord(end + 1, "PRECISION"))
                || (isWord(end, "CHARACTER") && isWord(end + 1, "VARYING"))) {
            end++;
        }
        boolean time = isWord(end, "TIMESTAMP") || isWord(end, "TIME");
        if (is(end + 1, "(")) {
            while (end + 1 < tokens.size() && !is(end, ")")) {
                end++;
            }
        }
        if (time && (isWord(end + 1, "WITH") || isWord(end + 1, "WITHOUT"))) {
            int zone = end + (isWord(end + 2, "LOCAL") ? 4 : 3);
            if (isWord(zone - 1, "TIME") && isWord(zone, "ZONE")) {
                end = zone;
            }
        }
        while (is(end + 1, "[") && is(end + 2, "]")) {
            end += 2;
        }
        return end;
    }

    private ParserText text() {
        ParserText.Builder text = new ParserText.Builder(statement);
        int from = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            text.copy(from, token.start());
            text.insert("CAST(".repeat(opened[i]), token.start());
            if (replaced[i] == null) {
                text.copy(token.start(), token.stop());
            } else {
                text.insert(replaced[i], token.start());
            }
            text.insert(")".repeat(closed[i]), token.stop() - 1);
            from = token.stop();
        }
        return text.build();
    }

    private boolean is(int index, String sign) {
        return index >= 0 && index < tokens.size() && tokens.get(index).is(sign);
    }

    private boolean isWord(int index, String word) {
        return index >= 0 && index < tokens.size() && tokens.get(index).isWord(word);
    }

    private static boolean isLiteralWord(Token token) {
        return token.isWord("DATE") || token.isWord("TIME") || token.isWord("TIMESTAMP") || token.isWord("INTERVAL");
    }

    private ServiceException unclear(int sign) {
        return new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                "what the '::' at " + Tokens.place(statement, tokens.get(sign).start())
                        + " casts is not clear: write CAST(value AS type)");
    }
}
