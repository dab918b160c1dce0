package io.voxelflight.sql.parse;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.parse.grammar.SqlGrammar;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;

/** Parses one query. */
public final class StatementParser {
    private static final SqlParser.Config CONFIG = SqlParser.config()
            .withParserFactory(SqlGrammar.FACTORY)
            .withConformance(new SqlDelegatingConformance(SqlConformanceEnum.BABEL) {
                @Override
                public boolean isColonFieldAccessAllowed() {
                    return false;
                }

                @Override
                public boolean allowCharLiteralAlias() {
                    return true;
                }
            })
            .withQuoting(Quoting.DOUBLE_QUOTE)
            .withUnquotedCasing(Casing.UNCHANGED)
            .withQuotedCasing(Casing.UNCHANGED)
            .withCaseSensitive(false)
            .withIdentifierMaxLength(63); // PostgreSQL cuts longer names short

    private static final Set<String> FIRST_WORDS = Set.of(
            "SELECT", "FROM", "WITH", "VALUES", "DESCRIBE", "DESC", "SUMMARIZE", "SHOW", "EXPLAIN", "PRAGMA", "PIVOT");

    private static final Set<String> WRITES = Set.of(
            "INSERT",
            "UPDATE",
            "DELETE",
            "MERGE",
            "UPSERT",
            "CREATE",
            "DROP",
            "ALTER",
            "TRUNCATE",
            "COPY",
            "GRANT",
            "REVOKE",
            "COMMENT",
            "VACUUM",
            "ATTACH",
            "DETACH",
            "IMPORT",
            "EXPORT",
            "REPLACE",
            "REFRESH",
            "LOCK",
            "INSTALL",
            "LOAD");

    private static final Map<String, String> HINTS = Map.ofEntries(
            Map.entry("TABLE", "write FROM ..."),
            Map.entry("UNPIVOT", "write SELECT * FROM t UNPIVOT (value FOR name IN (a, b))"),
            Map.entry("BEGIN", "every statement is a read-only transaction of its own, leave it out"),
            Map.entry("START", "every statement is a read-only transaction of its own, leave it out"),
            Map.entry("COMMIT", "every statement is a read-only transaction of its own, leave it out"),
            Map.entry("ROLLBACK", "every statement is a read-only transaction of its own, leave it out"),
            Map.entry("ABORT", "every statement is a read-only transaction of its own, leave it out"),
            Map.entry("SET", "there are no settings, the time zone is UTC"),
            Map.entry("RESET", "there are no settings, the time zone is UTC"),
            Map.entry("USE", "there is one schema, main"),
            Map.entry("CALL", "write SELECT * FROM function(...)"),
            Map.entry("PREPARE", "let the client prepare the statement"),
            Map.entry("EXECUTE", "let the client prepare the statement"),
            Map.entry("DEALLOCATE", "let the client prepare the statement"));

    /** Two words in a row that would be read as something else, or not at all. */
    private static final Map<String, String> PAIRS = Map.of(
            "LEFT SEMI", "LEFT SEMI JOIN is not supported: write SEMI JOIN",
            "LEFT ANTI", "LEFT ANTI JOIN is not supported: write ANTI JOIN",
            "RIGHT SEMI", "RIGHT SEMI JOIN is not supported: write SEMI JOIN from the other side",
            "RIGHT ANTI", "RIGHT ANTI JOIN is not supported: write ANTI JOIN from the other side",
            "EXPLAIN PLAN", "EXPLAIN PLAN FOR is not supported: write EXPLAIN SELECT ...",
            "EXCEPT (", "* EXCEPT (...) is not supported: write * EXCLUDE (...)",
            "MATCH_RECOGNIZE (", "MATCH_RECOGNIZE is not supported: write window functions");

    /** Bounds the time that parsing takes, which grows with the square of a long chain of operators. */
    private static final int MAX_TOKENS = 20_000;

    /** Of a statement that the stack does not hold. */
    public static final String TOO_DEEP =
            "the statement is nested too deep, or has too many operators in a row: write parts of it as WITH queries";

    private final int maxBytes;
    private final int maxDepth;

    /**
     * @param maxBytes of a statement in UTF-8
     * @param maxDepth of brackets in one another
     */
    public StatementParser(int maxBytes, int maxDepth) {
        this.maxBytes = maxBytes;
        this.maxDepth = maxDepth;
    }

    /**
     * Parses a query.
     *
     * @throws ServiceException INVALID_ARGUMENT for what is not a query, RESOURCE_EXHAUSTED for one too long or too deep,
     *     UNSUPPORTED for a feature that is not there, or which the parser would read as something else
     */
    public ParsedStatement parse(String statement) {
        checkText(statement);
        List<Token> all = Tokens.of(statement);
        List<Token> tokens = withoutLastSemicolons(all);
        if (tokens.size() < all.size()) {
            statement = statement.substring(0, all.get(tokens.size()).start());
        }
        check(statement, tokens);
        ParserText text = ParserText.of(statement, tokens);
        return new ParsedStatement(parse(text), text);
    }

    /**
     * The same statement without comments, with one space where there was any, and without semicolons at its end.
     *
     * @throws ServiceException as {@link #parse}, for what cannot be cut into words and signs
     */
    public String normalised(String statement) {
        checkText(statement);
        StringBuilder text = new StringBuilder(statement.length());
        List<Token> tokens = withoutLastSemicolons(Tokens.of(statement));
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (i > 0 && tokens.get(i - 1).stop() < token.start()) {
                text.append(' ');
            }
            text.append(token.text());
        }
        return text.toString();
    }

    /** Editors send some. */
    private static List<Token> withoutLastSemicolons(List<Token> tokens) {
        int count = tokens.size();
        while (count > 0 && tokens.get(count - 1).is(";")) {
            count--;
        }
        return tokens.subList(0, count);
    }

    private void checkText(String statement) {
        if (statement.length() > maxBytes || statement.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "the statement has more than " + maxBytes
                            + " bytes: make it shorter, for instance by a join with VALUES in place of a long list");
        }
        if (statement.indexOf('\0') >= 0) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "the statement holds a character of code 0: remove it");
        }
    }

    /** Parses a query that we write ourselves. */
    public static SqlNode fragment(String query) {
        try {
            return SqlParser.create(query, CONFIG).parseStmt();
        } catch (SqlParseException e) {
            throw new IllegalArgumentException(query, e);
        }
    }

    /** Parses an expression that we write ourselves. */
    public static SqlNode expression(String expression) {
        try {
            return SqlParser.create(expression, CONFIG).parseExpression();
        } catch (SqlParseException e) {
            throw new IllegalArgumentException(expression, e);
        }
    }

    private static SqlNode parse(ParserText text) {
        try {
            return SqlParser.create(text.text(), CONFIG).parseStmt();
        } catch (SqlParseException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof StackOverflowError) {
                    throw new ServiceException(ErrorCode.RESOURCE_EXHAUSTED, TOO_DEEP, e);
                }
                if (cause instanceof ServiceException known) {
                    throw known;
                }
            }
            throw refusal(e, text);
        }
    }

    private void check(String statement, List<Token> tokens) {
        if (tokens.isEmpty()) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "the statement is empty: write SELECT ...");
        }
        if (tokens.size() > MAX_TOKENS) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "the statement has " + tokens.size() + " words and signs, more than " + MAX_TOKENS
                            + ": make it shorter, for instance several statements with a part of a list each");
        }
        checkFirst(tokens);
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("(") || token.is("[") || token.isWord("CASE")) {
                depth++;
            } else if (token.is(")") || token.is("]") || token.isWord("END")) {
                depth--;
            } else if (token.is(";")) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "a second statement begins at " + Tokens.place(statement, token.start())
                                + ": send one statement at a time");
            }
            if (depth > maxDepth) {
                throw new ServiceException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        "brackets are nested more than " + maxDepth + " deep at "
                                + Tokens.place(statement, token.start()) + ": write parts of it as WITH queries");
            }
            if (i + 1 < tokens.size()) {
                checkPair(statement, token, tokens.get(i + 1), i > 0 ? tokens.get(i - 1) : token);
            }
        }
    }

    private static void checkFirst(List<Token> tokens) {
        int first = 0;
        while (first < tokens.size() - 1 && tokens.get(first).is("(")) {
            first++;
        }
        Token token = tokens.get(first);
        if (token.type() == Token.Type.WORD && FIRST_WORDS.contains(token.upper())) {
            return;
        }
        String word = token.upper();
        if (WRITES.contains(word)) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, word + " is not supported: this server is read-only, write SELECT ...");
        }
        String hint = HINTS.get(word);
        if (token.type() == Token.Type.WORD && hint != null) {
            throw new ServiceException(ErrorCode.UNSUPPORTED, word + " is not supported: " + hint);
        }
        throw new ServiceException(
                ErrorCode.UNSUPPORTED,
                "a statement that begins with '" + Shortened.of(token.text())
                        + "' is not supported: write SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN");
    }

    private static void checkPair(String statement, Token token, Token next, Token before) {
        if (token.type() == Token.Type.WORD) {
            String pair = PAIRS.get(token.upper() + " " + next.upper());
            if (pair != null && !(next.is("(") && token.isWord("EXCEPT") && !before.is("*"))) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED, pair + " (" + Tokens.place(statement, token.start()) + ")");
            }
        }
        if (token.isWord("TIMESTAMPTZ") && next.type() == Token.Type.STRING) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "TIMESTAMPTZ '...' at " + Tokens.place(statement, token.start())
                            + " is not supported: write CAST('...' AS TIMESTAMPTZ)");
        }
        if (token.isWord("MATCH_CONDITION")) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "MATCH_CONDITION at " + Tokens.place(statement, token.start())
                            + " is not supported: write the inequality in ON, as ON t.a = u.a AND t.time >= u.time");
        }
        if (token.is(":")
                && next.type() == Token.Type.WORD
                && before.type() == Token.Type.SIGN
                && !before.is("[")
                && !before.is(")")
                && !before.is("]")) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "the named parameter :" + Shortened.of(next.text()) + " at "
                            + Tokens.place(statement, token.start()) + " is not supported: write ? or $1");
        }
    }

    private static ServiceException refusal(SqlParseException e, ParserText text) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String found = message.replaceFirst("^.*?Encountered \"(.*?)\" at line.*$", "$1")
                .replaceFirst("^Incorrect syntax near the keyword '(.*?)' at line.*$", "$1");
        String line;
        if (e.getPos() != null && !found.equals(message)) {
            String token = found.startsWith("<EOF>") ? "the end of the statement" : "'" + Shortened.of(found) + "'";
            line = "the statement is not understood at "
                    + text.place(e.getPos().getLineNum(), e.getPos().getColumnNum()) + ", near " + token
                    + ": see the dialect in docs/sql.md";
        } else {
            line = "the statement is not understood (" + Shortened.of(message) + "): see the dialect in docs/sql.md";
        }
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, line, e);
    }
}
