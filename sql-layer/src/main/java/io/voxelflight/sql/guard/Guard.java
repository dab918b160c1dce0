package io.voxelflight.sql.guard;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.EnumSet;
import java.util.Set;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/**
 * A second look at a validated tree: it is a query, and every call in it is a known part of a query or in the
 * allow-list. The validator has looked most operators up already; some it never looks up.
 */
public final class Guard extends SqlBasicVisitor<Void> {
    private static final Set<SqlKind> PARTS = EnumSet.of(
            SqlKind.SELECT,
            SqlKind.ORDER_BY,
            SqlKind.WITH,
            SqlKind.WITH_ITEM,
            SqlKind.JOIN,
            SqlKind.AS,
            SqlKind.VALUES,
            SqlKind.ROW,
            SqlKind.UNION,
            SqlKind.INTERSECT,
            SqlKind.EXCEPT,
            SqlKind.LATERAL,
            SqlKind.UNNEST,
            SqlKind.CASE,
            SqlKind.CAST,
            SqlKind.WINDOW,
            SqlKind.DESCENDING,
            SqlKind.NULLS_FIRST,
            SqlKind.NULLS_LAST,
            SqlKind.IN,
            SqlKind.NOT_IN,
            SqlKind.SCALAR_QUERY,
            SqlKind.ARRAY_QUERY_CONSTRUCTOR,
            SqlKind.COLLECTION_TABLE);

    private Guard() {}

    /** @throws ServiceException UNSUPPORTED, naming the feature and the way to write it */
    public static void check(SqlNode query) {
        if (!query.isA(SqlKind.QUERY)) {
            throw refuse(query.getKind() + " statements", "this server is read-only, write SELECT ...");
        }
        query.accept(new Guard());
    }

    @Override
    public Void visit(SqlCall call) {
        SqlKind kind = call.getKind();
        if (call instanceof SqlSelect select) {
            checkSelect(select);
        } else if (call instanceof SqlJoin join) {
            checkJoin(join);
        } else if (!PARTS.contains(kind) && !isFrameBound(call) && !Operators.allows(call.getOperator())) {
            throw refusal(call);
        }
        if (kind == SqlKind.PLUS || kind == SqlKind.MINUS) {
            checkTextArithmetic(call);
        }
        return super.visit(call);
    }

    private static void checkSelect(SqlSelect select) {
        if (select.hasHints()) {
            throw refuse("hints", "leave them out");
        }
        String word = select.toString();
        if (word.startsWith("SELECT STREAM")) {
            throw refuse("SELECT STREAM", "write SELECT");
        }
    }

    private static void checkJoin(SqlJoin join) {
        JoinType type = join.getJoinType();
        switch (type) {
            case INNER, LEFT, RIGHT, FULL, CROSS, COMMA, LEFT_SEMI_JOIN, LEFT_ANTI_JOIN, ASOF, LEFT_ASOF -> {}
            default -> throw refuse(type + " JOIN", "write a LATERAL join with ORDER BY ... LIMIT 1");
        }
    }

    /** {@code 'a' || 1 + 2} means 'a3' in PostgreSQL and ('a' || 1) + 2 for the parser: neither is answered. */
    private static void checkTextArithmetic(SqlCall call) {
        for (SqlNode operand : call.getOperandList()) {
            SqlNode inner = operand;
            while (inner.getKind() == SqlKind.CAST) {
                inner = ((SqlCall) inner).operand(0);
            }
            if (inner instanceof SqlBasicCall text
                    && text.getOperator().getName().equals("||")) {
                throw refuse("arithmetic on text joined by ||", "put the arithmetic in parentheses");
            }
        }
    }

    private static boolean isFrameBound(SqlCall call) {
        return switch (call.getKind()) {
            case PRECEDING, FOLLOWING -> true;
            default -> false;
        };
    }

    private static ServiceException refusal(SqlCall call) {
        return switch (call.getKind()) {
            case TABLESAMPLE -> refuse("TABLESAMPLE", "write ORDER BY random() LIMIT n");
            case MATCH_RECOGNIZE -> refuse("MATCH_RECOGNIZE", "write window functions");
            case SNAPSHOT -> refuse("FOR SYSTEM_TIME", "there is no history of the catalog");
            case EXPLICIT_TABLE -> refuse("TABLE name", "write SELECT * FROM name");
            case IGNORE_NULLS, RESPECT_NULLS -> refuse("IGNORE NULLS", "filter NULLs in a sub-query");
            case ARGUMENT_ASSIGNMENT -> refuse("a named argument", "give arguments by their place");
            default ->
                refuse("'" + call.getOperator().getName() + "'", "see the operators and functions in docs/sql.md");
        };
    }

    private static ServiceException refuse(String what, String hint) {
        return new ServiceException(ErrorCode.UNSUPPORTED, what + " is not supported: " + hint);
    }
}
