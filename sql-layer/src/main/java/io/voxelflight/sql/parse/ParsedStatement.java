package io.voxelflight.sql.parse;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/** A statement's syntax tree, and where its nodes stand in the text as written. */
public final class ParsedStatement {
    private final SqlNode tree;
    private final ParserText text;

    ParsedStatement(SqlNode tree, ParserText text) {
        this.tree = tree;
        this.text = text;
    }

    public SqlNode tree() {
        return tree;
    }

    /** A part of the statement as one of its own, such as the query of a DESCRIBE. */
    public ParsedStatement part(SqlNode part) {
        return new ParsedStatement(part, text);
    }

    /** Line and column as the user sees them. */
    public String place(int line, int column) {
        return text.place(line, column);
    }

    /** What the user wrote at a position. */
    public String source(SqlParserPos position) {
        return text.part(
                position.getLineNum(), position.getColumnNum(), position.getEndLineNum(), position.getEndColumnNum());
    }
}
