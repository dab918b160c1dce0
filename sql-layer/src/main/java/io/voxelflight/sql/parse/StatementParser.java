package io.voxelflight.sql.parse;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;
import org.apache.calcite.sql.validate.SqlConformanceEnum;

/** Parses one query. */
public final class StatementParser {
    private static final SqlParser.Config CONFIG = SqlParser.config()
            .withParserFactory(SqlBabelParserImpl.FACTORY)
            .withConformance(SqlConformanceEnum.BABEL)
            .withQuoting(Quoting.DOUBLE_QUOTE)
            .withUnquotedCasing(Casing.UNCHANGED)
            .withQuotedCasing(Casing.UNCHANGED)
            .withCaseSensitive(false)
            .withIdentifierMaxLength(63); // PostgreSQL cuts longer names short

    private static final Set<String> FIRST_WORDS = Set.of("SELECT", "WITH", "VALUES");

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

    private static final Map<String, String> HINTS = Map.of(
            "FROM", "write SELECT * FROM ...",
            "TABLE", "write SELECT * FROM ...",
            "SHOW", "the client's table list shows the tables",
            "DESCRIBE", "the client's table list shows the columns",
            "DESC", "the client's table list shows the columns",
            "SUMMARIZE", "write SELECT min(x), max(x), avg(x), count(x) FROM ...",
            "PIVOT", "write GROUP BY with count(*) FILTER (WHERE ...)",
            "UNPIVOT", "write UNION ALL",
            "EXPLAIN", "write the query alone");

    /** Words which, before JOIN, the stock parser takes for a table's alias and so makes an inner join. */
    private static final Map<String, String> JOINS = Map.of(
            "ANTI", "write WHERE NOT EXISTS (SELECT ...)",
            "SEMI", "write WHERE EXISTS (SELECT ...)",
            "ASOF", "write a LATERAL join with ORDER BY ... LIMIT 1",
            "POSITIONAL", "write a join on row_number()");

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
        List<Token> tokens = Tokens.of(statement);
        if (!tokens.isEmpty() && tokens.get(tokens.size() - 1).is(";")) {
            Token last = tokens.remove(tokens.size() - 1);
            statement = statement.substring(0, last.start());
        }
        check(statement, tokens);
        ParserText text = InfixCasts.write(statement, tokens);
        try {
            SqlNode tree = SqlParser.create(text.text(), CONFIG).parseQuery();
            return new ParsedStatement(tree, text);
        } catch (SqlParseException e) {
            if (e.getCause() instanceof StackOverflowError) {
                throw new ServiceException(ErrorCode.RESOURCE_EXHAUSTED, TOO_DEEP, e);
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
                        + "' is not supported: write SELECT, WITH or VALUES");
    }

    private static void checkPair(String statement, Token token, Token next, Token before) {
        if (next.isWord("JOIN") && token.type() == Token.Type.WORD && JOINS.containsKey(token.upper())) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    token.upper() + " JOIN at " + Tokens.place(statement, token.start()) + " is not supported: "
                            + JOINS.get(token.upper()));
        }
        if (next.isWord("ALL") && token.isWord("BY")) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    before.upper() + " BY ALL at " + Tokens.place(statement, before.start())
                            + " is not supported: name the columns");
        }
    }

    private static ServiceException refusal(SqlParseException e, ParserText text) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String found = message.replaceFirst("^.*?Encountered \"(.*?)\" at line.*$", "$1");
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
