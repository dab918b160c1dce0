package io.voxelflight.sql.rewrite;

import io.voxelflight.sql.parse.ExtendedSelect;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** Copies a tree down to its leaves: the validator changes the tree that it is given. */
public final class Copies extends SqlShuttle {
    private Copies() {}

    public static SqlNode of(SqlNode tree) {
        SqlNode copy = tree.accept(new Copies());
        return copy == null ? tree : copy;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        if (call instanceof ExtendedSelect select) {
            return select.copied(this);
        }
        CallCopyingArgHandler copy = new CallCopyingArgHandler(call, true);
        call.getOperator().acceptCall(this, call, false, copy);
        return copy.result();
    }
}
