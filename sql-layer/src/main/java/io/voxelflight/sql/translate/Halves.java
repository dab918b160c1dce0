package io.voxelflight.sql.translate;

import io.voxelflight.sql.catalogue.Catalogue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SqlValidator;
import org.jspecify.annotations.Nullable;

/**
 * A scan of {@code chunks} in two halves that give its rows together: for a statement whose rows are those of the table, each
 * by itself, in any order. By the lowest bit of the id, so that both halves are of one size whatever the scan filters.
 */
final class Halves {
    private static final String TABLE = "chunks";
    private static final String WHOLE = "\"" + Catalogue.SCHEMA + "\".\"" + TABLE + "\"";

    private Halves() {}

    /** The halves as statements of their own; none if the statement is no such scan. */
    static List<Template> of(SqlNode valid, SqlValidator validator, Catalogue catalogue, Visibility visibility) {
        if (!(valid instanceof SqlSelect select) || !isPlainScan(select)) {
            return List.of();
        }
        List<Template> halves = new ArrayList<>();
        String visible = visibility.source(TABLE);
        String table = visible == null ? WHOLE : visible + " AS v";
        for (int half = 0; half < 2; half++) {
            Map<String, String> rows = new HashMap<>();
            rows.put(TABLE, "SELECT * FROM " + table + " WHERE \"id\" % 2 = " + half);
            halves.add(PostgresWriter.write(PostgresForm.of(valid, validator, catalogue, visibility, rows)));
        }
        return halves;
    }

    private static boolean isPlainScan(SqlSelect select) {
        SqlNode from = select.getFrom();
        if (from != null && from.getKind() == SqlKind.AS) {
            from = ((SqlCall) from).operand(0);
        }
        return from instanceof SqlIdentifier table
                && table.names.get(table.names.size() - 1).equalsIgnoreCase(TABLE)
                && !select.isDistinct()
                && select.getGroup() == null
                && select.getHaving() == null
                && select.getQualify() == null
                && (select.getOrderList() == null || select.getOrderList().isEmpty())
                && select.getOffset() == null
                && select.getFetch() == null
                && !looksBeyondItsRow(select.getSelectList())
                && (select.getWhere() == null || !looksBeyondItsRow(select.getWhere()));
    }

    /** Whether there is an aggregate, a window, a sub-query or one row made several. */
    private static boolean looksBeyondItsRow(SqlNode node) {
        boolean[] found = new boolean[1];
        node.accept(new SqlBasicVisitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(SqlCall call) {
                found[0] |= call.getOperator().isAggregator()
                        || call.getKind() == SqlKind.OVER
                        || call.getKind() == SqlKind.UNNEST
                        || call.isA(SqlKind.QUERY);
                return super.visit(call);
            }
        });
        return found[0];
    }
}
