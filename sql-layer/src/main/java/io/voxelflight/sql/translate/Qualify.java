package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Litmus;

/** QUALIFY, which PostgreSQL has not, as a filter around a sub-query; what the order needs is selected inside too. */
final class Qualify {
    private static final SqlParserPos NOWHERE = SqlParserPos.ZERO;
    private static final String TABLE = "$qualify";

    private Qualify() {}

    /** @param names of the select list's columns */
    static SqlNode write(SqlSelect select, List<String> names) {
        List<SqlNode> inner = new ArrayList<>();
        List<SqlNode> outer = new ArrayList<>();
        List<SqlNode> expressions = new ArrayList<>();
        for (SqlNode item : select.getSelectList()) {
            SqlNode expression = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
            String column = "c" + (inner.size() + 1);
            String name = names.get(inner.size()).toLowerCase(Locale.ROOT);
            expressions.add(expression);
            inner.add(as(expression, column));
            outer.add(as(column(column), name));
        }
        SqlNodeList order = select.getOrderList();
        List<SqlNode> outerOrder = new ArrayList<>();
        if (order != null) {
            for (SqlNode item : order) {
                outerOrder.add(ordered(item, inner, expressions, names, select.isDistinct()));
            }
        }
        SqlNode condition = select.getQualify();
        inner.add(as(condition == null ? SqlLiteral.createBoolean(true, NOWHERE) : condition, "$keep"));
        SqlSelect rows = new SqlSelect(
                NOWHERE,
                null,
                new SqlNodeList(inner, NOWHERE),
                select.getFrom(),
                select.getWhere(),
                select.getGroup(),
                select.getHaving(),
                select.getWindowList(),
                null,
                null,
                null,
                null,
                null);
        return new SqlSelect(
                NOWHERE,
                (SqlNodeList) select.getOperandList().get(0),
                new SqlNodeList(outer, NOWHERE),
                as(rows, TABLE),
                column("$keep"),
                null,
                null,
                null,
                null,
                outerOrder.isEmpty() ? null : new SqlNodeList(outerOrder, NOWHERE),
                select.getOffset(),
                select.getFetch(),
                null);
    }

    private static SqlNode ordered(
            SqlNode item, List<SqlNode> inner, List<SqlNode> expressions, List<String> names, boolean distinct) {
        switch (item.getKind()) {
            case DESCENDING, NULLS_FIRST, NULLS_LAST -> {
                SqlCall call = (SqlCall) item;
                return call.getOperator()
                        .createCall(NOWHERE, ordered(call.operand(0), inner, expressions, names, distinct));
            }
            case LITERAL -> {
                return item;
            }
            default -> {
                for (int i = 0; i < expressions.size(); i++) {
                    boolean alias = item instanceof SqlIdentifier name
                            && name.isSimple()
                            && name.getSimple().equalsIgnoreCase(names.get(i));
                    if (alias || item.equalsDeep(expressions.get(i), Litmus.IGNORE)) {
                        return column("c" + (i + 1));
                    }
                }
                if (distinct) {
                    throw new ServiceException(
                            ErrorCode.UNSUPPORTED,
                            "SELECT DISTINCT with QUALIFY, ordered by what is not selected, is not supported:"
                                    + " select it too");
                }
                String name = "o" + inner.size();
                inner.add(as(item, name));
                return column(name);
            }
        }
    }

    private static SqlNode as(SqlNode node, String name) {
        return SqlStdOperatorTable.AS.createCall(NOWHERE, node, new SqlIdentifier(name, NOWHERE));
    }

    private static SqlNode column(String name) {
        return new SqlIdentifier(List.of(TABLE, name), NOWHERE);
    }
}
