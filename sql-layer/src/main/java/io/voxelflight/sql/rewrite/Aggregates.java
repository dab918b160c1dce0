package io.voxelflight.sql.rewrite;

import io.voxelflight.sql.guard.Operators;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/** Looks for aggregates of a select list's own query: not in sub-queries, and none that are window functions. */
final class Aggregates extends SqlBasicVisitor<@Nullable Void> {
    private Aggregates() {}

    static boolean isIn(SqlNode item) {
        try {
            item.accept(new Aggregates());
            return false;
        } catch (Util.FoundOne found) {
            return true;
        }
    }

    @Override
    public @Nullable Void visit(SqlCall call) {
        if (call.isA(SqlKind.QUERY)) {
            return null;
        }
        if (call.getKind() == SqlKind.OVER) {
            SqlCall function = call.operand(0);
            function.getOperandList().forEach(operand -> operand.accept(this));
            call.operand(1).accept(this);
            return null;
        }
        if (call.getOperator() instanceof SqlFunction function
                && isAggregate(FamiliarNames.known(function.getName()))) {
            throw Util.FoundOne.NULL;
        }
        return super.visit(call);
    }

    static boolean isAggregate(String name) {
        SqlFunction function = Operators.function(name);
        return function != null && function.isAggregator();
    }
}
