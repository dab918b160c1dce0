package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.SystemTable;
import io.voxelflight.sql.parse.Sugar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * A validated FROM clause in PostgreSQL's words: tables reduced to their visible rows; SEMI and ANTI joins as conditions,
 * ASOF joins as LATERAL ones, POSITIONAL joins over row numbers.
 */
final class Joins {
    private static final SqlParserPos NOWHERE = SqlParserPos.ZERO;

    private final Catalogue catalogue;
    private final Visibility visibility;
    private final Map<String, String> rows;
    private final List<SqlNode> conditions = new ArrayList<>();

    /** @param rows text of the rows of tables that are not in the database */
    Joins(Catalogue catalogue, Visibility visibility, Map<String, String> rows) {
        this.catalogue = catalogue;
        this.rows = rows;
        this.visibility = visibility;
    }

    SqlNode write(SqlNode from) {
        return tables(from, true);
    }

    /** What must hold besides the WHERE clause. */
    List<SqlNode> conditions() {
        return conditions;
    }

    /** @param filters whether a condition on the rows here may be checked after all joins */
    private SqlNode tables(SqlNode from, boolean filters) {
        if (from instanceof SqlIdentifier table) {
            return table.names.size() > 1 ? known(table) : table;
        }
        if (from.getKind() == SqlKind.COLLECTION_TABLE) {
            return ((SqlCall) from).operand(0);
        }
        if (from instanceof SqlJoin join) {
            return join(join, filters);
        }
        if (from.getKind() == SqlKind.AS) {
            SqlCall as = (SqlCall) from;
            as.setOperand(0, tables(as.operand(0), false));
        }
        return from;
    }

    private SqlNode known(SqlIdentifier table) {
        int last = table.names.size() - 1;
        SystemTable system = catalogue.system(table.names.get(last - 1), table.names.get(last));
        return system == null ? VisibleTable.of(table, visibility, rows) : new SystemRows(table, system);
    }

    private SqlNode join(SqlJoin join, boolean filters) {
        JoinType type = join.getJoinType();
        boolean keepsLeft = filters && type != JoinType.RIGHT && type != JoinType.FULL;
        SqlNode left = tables(join.getLeft(), keepsLeft);
        SqlNode right = tables(join.getRight(), false);
        switch (type) {
            case LEFT_SEMI_JOIN, LEFT_ANTI_JOIN -> {
                if (!filters) {
                    throw unsupported(type == JoinType.LEFT_SEMI_JOIN ? "SEMI JOIN" : "ANTI JOIN");
                }
                SqlSelect matches = select(right, condition(join));
                SqlNode exists = SqlStdOperatorTable.EXISTS.createCall(NOWHERE, matches);
                conditions.add(
                        type == JoinType.LEFT_SEMI_JOIN ? exists : SqlStdOperatorTable.NOT.createCall(NOWHERE, exists));
                return left;
            }
            case ASOF, LEFT_ASOF -> {
                return asof((SqlAsofJoin) join, left, right);
            }
            default -> {
                if (join.getCondition() instanceof SqlCall condition
                        && condition.getOperator().equals(Sugar.SAME_POSITION)) {
                    SqlIdentifier first = name(left, "POSITIONAL JOIN");
                    SqlIdentifier second = name(right, "POSITIONAL JOIN");
                    join.setLeft(numbered(left, first));
                    join.setRight(numbered(right, second));
                    join.setOperand(
                            5,
                            SqlStdOperatorTable.EQUALS.createCall(
                                    NOWHERE, first.plus("$row", NOWHERE), second.plus("$row", NOWHERE)));
                    return join;
                }
                join.setLeft(left);
                join.setRight(right);
                return join;
            }
        }
    }

    private static SqlNode condition(SqlJoin join) {
        SqlNode written = join.getCondition();
        if (join.isNatural() || written == null) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, "a SEMI or ANTI JOIN without ON or USING is not supported: write ON a = b");
        }
        return written;
    }

    /** The one row of the right table that is nearest. */
    private static SqlNode asof(SqlAsofJoin join, SqlNode left, SqlNode right) {
        SqlIdentifier name = name(right, "ASOF JOIN with a join on its right");
        SqlCall match = (SqlCall) join.getMatchCondition();
        boolean rightLast = names(match.operand(1), name);
        if (rightLast == names(match.operand(0), name)) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "an ASOF JOIN whose inequality does not compare both tables is not supported:"
                            + " write ON t.a = u.a AND t.time >= u.time");
        }
        boolean greater = match.getKind() == SqlKind.GREATER_THAN || match.getKind() == SqlKind.GREATER_THAN_OR_EQUAL;
        SqlNode nearest = match.operand(rightLast ? 1 : 0);
        SqlNode order = greater == rightLast ? SqlStdOperatorTable.DESC.createCall(NOWHERE, nearest) : nearest;
        SqlNode condition = join.getCondition() == null
                ? match
                : SqlStdOperatorTable.AND.createCall(NOWHERE, join.getCondition(), match);
        SqlSelect rows = select(right, condition);
        rows.setSelectList(SqlNodeList.of(SqlIdentifier.star(NOWHERE)));
        rows.setOrderBy(SqlNodeList.of(order));
        rows.setFetch(SqlLiteral.createExactNumeric("1", NOWHERE));
        SqlNode lateral =
                SqlStdOperatorTable.AS.createCall(NOWHERE, SqlStdOperatorTable.LATERAL.createCall(NOWHERE, rows), name);
        boolean inner = join.getJoinType() == JoinType.ASOF;
        return new SqlJoin(
                NOWHERE,
                left,
                SqlLiteral.createBoolean(false, NOWHERE),
                (inner ? JoinType.INNER : JoinType.LEFT).symbol(NOWHERE),
                lateral,
                JoinConditionType.ON.symbol(NOWHERE),
                SqlLiteral.createBoolean(true, NOWHERE));
    }

    private static SqlNode numbered(SqlNode table, SqlIdentifier name) {
        SqlSelect rows = select(table, null);
        rows.setSelectList(SqlNodeList.of(
                SqlIdentifier.star(NOWHERE),
                SqlStdOperatorTable.AS.createCall(
                        NOWHERE, Written.of("row_number() OVER ()"), new SqlIdentifier("$row", NOWHERE))));
        return SqlStdOperatorTable.AS.createCall(NOWHERE, rows, name);
    }

    private static SqlSelect select(SqlNode from, @Nullable SqlNode where) {
        return new SqlSelect(
                NOWHERE,
                null,
                SqlNodeList.of(SqlLiteral.createExactNumeric("1", NOWHERE)),
                from,
                where,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** By which expressions name the columns of a table. */
    private static SqlIdentifier name(SqlNode table, String what) {
        if (table.getKind() == SqlKind.AS) {
            return ((SqlCall) table).operand(1);
        }
        if (table instanceof SqlIdentifier identifier) {
            return new SqlIdentifier(identifier.names.get(identifier.names.size() - 1), NOWHERE);
        }
        throw unsupported(what);
    }

    private static boolean names(SqlNode expression, SqlIdentifier table) {
        try {
            expression.accept(new SqlBasicVisitor<@Nullable Void>() {
                @Override
                public @Nullable Void visit(SqlIdentifier name) {
                    if (name.names.get(0).equalsIgnoreCase(table.getSimple())) {
                        throw Util.FoundOne.NULL;
                    }
                    return null;
                }
            });
            return false;
        } catch (Util.FoundOne found) {
            return true;
        }
    }

    private static ServiceException unsupported(String what) {
        return new ServiceException(
                ErrorCode.UNSUPPORTED, what + " is not supported in this place: put it in a sub-query of its own");
    }
}
