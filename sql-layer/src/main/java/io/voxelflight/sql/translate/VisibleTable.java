package io.voxelflight.sql.translate;

import io.voxelflight.sql.catalogue.Catalogue;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.jspecify.annotations.Nullable;

/** A table in a FROM clause, reduced to the rows that the caller may see. */
final class VisibleTable extends SqlIdentifier {
    private final @Nullable String condition;
    /** What stands for a table that is not in the database. */
    private final @Nullable String rows;

    private VisibleTable(SqlIdentifier table, @Nullable String condition, @Nullable String rows) {
        super(List.of(Catalogue.SCHEMA, last(table)), table.getParserPosition());
        this.condition = condition;
        this.rows = rows;
    }

    static VisibleTable of(SqlIdentifier table, Visibility visibility, Map<String, String> rows) {
        return new VisibleTable(table, visibility.condition(last(table)), rows.get(last(table)));
    }

    @Override
    public void unparse(SqlWriter writer, int left, int right) {
        if (rows != null) { // of one dataset, which the caller may see
            writer.print("(" + rows + ")");
            return;
        }
        if (condition == null) {
            super.unparse(writer, left, right);
            return;
        }
        SqlWriter.Frame frame = writer.startList("(", ")");
        writer.print("SELECT * FROM ");
        super.unparse(writer, 0, 0);
        writer.print(" WHERE " + condition);
        writer.endList(frame);
    }

    private static String last(SqlIdentifier table) {
        return table.names.get(table.names.size() - 1).toLowerCase(Locale.ROOT);
    }
}
