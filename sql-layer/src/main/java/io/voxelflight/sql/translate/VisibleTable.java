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
    /** A sub-query that stands for the table; null: the table itself does. */
    private final @Nullable String source;

    private VisibleTable(SqlIdentifier table, @Nullable String source) {
        super(List.of(Catalogue.SCHEMA, last(table)), table.getParserPosition());
        this.source = source;
    }

    /** @param rows queries that stand for tables, whose rows the caller may see; of all others the visible ones are taken */
    static VisibleTable of(SqlIdentifier table, Visibility visibility, Map<String, String> rows) {
        String query = rows.get(last(table));
        return new VisibleTable(table, query == null ? visibility.source(last(table)) : "(" + query + ")");
    }

    @Override
    public void unparse(SqlWriter writer, int left, int right) {
        if (source == null) {
            super.unparse(writer, left, right);
        } else {
            writer.print(source);
        }
    }

    private static String last(SqlIdentifier table) {
        return table.names.get(table.names.size() - 1).toLowerCase(Locale.ROOT);
    }
}
