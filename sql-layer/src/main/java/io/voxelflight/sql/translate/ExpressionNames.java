package io.voxelflight.sql.translate;

import io.voxelflight.sql.parse.ParsedStatement;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * Names the expressions of inner queries, and of those that UNION and its like join, by what the user wrote: whoever selects
 * from them, as a BI tool does with the query it was given, can then ask for {@code "count(*)"}. The validator would name
 * them too, but PostgreSQL would not know.
 */
final class ExpressionNames extends SqlBasicVisitor<@Nullable Void> {
    private final ParsedStatement parsed;
    private final @Nullable SqlSelect outermost;

    private ExpressionNames(ParsedStatement parsed, @Nullable SqlSelect outermost) {
        this.parsed = parsed;
        this.outermost = outermost;
    }

    /** @param tree is changed */
    static void add(SqlNode tree, ParsedStatement parsed) {
        SqlNode query = tree;
        while (!(query instanceof SqlSelect)) {
            if (query instanceof SqlOrderBy order) {
                query = order.query;
            } else if (query instanceof SqlWith with) {
                query = with.body;
            } else {
                break;
            }
        }
        tree.accept(new ExpressionNames(parsed, query instanceof SqlSelect select ? select : null));
    }

    @Override
    public @Nullable Void visit(SqlCall call) {
        if (call instanceof SqlSelect select && select != outermost) {
            name(select.getSelectList());
        }
        return super.visit(call);
    }

    private void name(SqlNodeList items) {
        for (int i = 0; i < items.size(); i++) {
            SqlNode item = items.get(i);
            String text = OutputNames.isUnnamed(item) ? OutputNames.text(item, parsed) : "";
            if (!text.isEmpty()) { // else a query of ours, which nobody wrote
                SqlParserPos at = item.getParserPosition();
                items.set(i, SqlStdOperatorTable.AS.createCall(at, item, new SqlIdentifier(text, at)));
            }
        }
    }
}
