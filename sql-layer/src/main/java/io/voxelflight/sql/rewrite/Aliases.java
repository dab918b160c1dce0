package io.voxelflight.sql.rewrite;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** Puts in place of a select list's aliases, in WHERE and QUALIFY, what they stand for; columns of tables go first. */
final class Aliases extends SqlShuttle {
    private final Map<String, SqlNode> expressions;
    private final Supplier<Set<String>> columns;

    private Aliases(Map<String, SqlNode> expressions, Supplier<Set<String>> columns) {
        this.expressions = expressions;
        this.columns = columns;
    }

    /**
     * Replaces aliases.
     *
     * @param columns of the FROM clause in lower case, asked for only if the name of an alias is there
     */
    static SqlNode replace(SqlNode condition, SqlNodeList items, Supplier<Set<String>> columns) {
        Map<String, SqlNode> expressions = new LinkedHashMap<>();
        for (SqlNode item : items) {
            if (item.getKind() == SqlKind.AS) {
                SqlNode expression = ((SqlCall) item).operand(0);
                SqlNode replaced = expression.accept(new Aliases(new LinkedHashMap<>(expressions), columns));
                String alias = ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
                expressions.putIfAbsent(alias.toLowerCase(Locale.ROOT), replaced == null ? expression : replaced);
            }
        }
        SqlNode replaced = condition.accept(new Aliases(expressions, columns));
        return replaced == null ? condition : replaced;
    }

    @Override
    public @Nullable SqlNode visit(SqlIdentifier name) {
        if (!name.isSimple()) {
            return name;
        }
        SqlNode expression = expressions.get(name.getSimple().toLowerCase(Locale.ROOT));
        return expression == null || columns.get().contains(name.getSimple().toLowerCase(Locale.ROOT))
                ? name
                : Copies.of(expression);
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        if (call.getKind() == SqlKind.AS || call.isA(SqlKind.QUERY)) {
            return call; // names inside a sub-query are its own
        }
        return super.visit(call);
    }
}
