package io.voxelflight.sql.parse;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlVisitor;
import org.jspecify.annotations.Nullable;

/** A SELECT as the parser reads it, with the clauses that Calcite's has no place for; rewritten before validation. */
public final class ExtendedSelect extends SqlSelect {
    private final @Nullable SqlNodeList distinctOn;
    private final @Nullable SqlNode sample;

    public ExtendedSelect(
            SqlParserPos at,
            SqlNodeList keywords,
            SqlNodeList items,
            @Nullable SqlNode from,
            @Nullable SqlNode where,
            @Nullable SqlNodeList groupBy,
            @Nullable SqlNode having,
            @Nullable SqlNodeList windows,
            @Nullable SqlNode qualify,
            @Nullable SqlNodeList distinctOn,
            @Nullable SqlNode sample) {
        super(at, keywords, items, from, where, groupBy, having, windows, qualify, null, null, null, null);
        this.distinctOn = distinctOn;
        this.sample = sample;
    }

    /** The expressions of DISTINCT ON. */
    public @Nullable SqlNodeList distinctOn() {
        return distinctOn;
    }

    /** The size that follows USING SAMPLE: a number of rows, or {@link Sugar#PERCENT} of it. */
    public @Nullable SqlNode sample() {
        return sample;
    }

    /** The same with each part as a visitor makes it. */
    public ExtendedSelect copied(SqlVisitor<@Nullable SqlNode> parts) {
        return new ExtendedSelect(
                getParserPosition(),
                (SqlNodeList) getOperandList().get(0),
                list(getSelectList(), parts),
                getFrom() == null ? null : node(getFrom(), parts),
                getWhere() == null ? null : node(getWhere(), parts),
                getGroup() == null ? null : list(getGroup(), parts),
                getHaving() == null ? null : node(getHaving(), parts),
                list(getWindowList(), parts),
                getQualify() == null ? null : node(getQualify(), parts),
                distinctOn == null ? null : list(distinctOn, parts),
                sample == null ? null : node(sample, parts));
    }

    private static SqlNodeList list(SqlNodeList list, SqlVisitor<@Nullable SqlNode> parts) {
        return (SqlNodeList) node(list, parts);
    }

    private static SqlNode node(SqlNode node, SqlVisitor<@Nullable SqlNode> parts) {
        SqlNode made = node.accept(parts);
        return made == null ? node : made;
    }
}
