package io.voxelflight.sql.translate;

import io.voxelflight.sql.catalogue.SystemTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.jspecify.annotations.Nullable;

/** A table that describes the catalog, in a FROM clause: its rows as constants. */
final class SystemRows extends SqlIdentifier {
    private final SystemTable table;

    SystemRows(SqlIdentifier name, SystemTable table) {
        super(name.names.get(name.names.size() - 1), name.getParserPosition());
        this.table = table;
    }

    @Override
    public void unparse(SqlWriter writer, int left, int right) {
        List<String> columns = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < table.table().columns().size(); i++) {
            columns.add("\"" + table.table().columns().get(i).name().toLowerCase(Locale.ROOT) + "\"");
        }
        for (List<@Nullable String> row : table.rows()) {
            rows.add(expressions(row));
        }
        boolean empty = rows.isEmpty();
        if (empty) {
            List<@Nullable String> nulls = new ArrayList<>();
            columns.forEach(column -> nulls.add(null));
            rows.add(expressions(nulls));
        }
        writer.print("(SELECT * FROM " + Constants.values(rows) + " AS \"rows\" (" + String.join(", ", columns) + ")"
                + (empty ? " WHERE false" : "") + ")");
    }

    private List<String> expressions(List<@Nullable String> row) {
        List<String> expressions = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            String value = row.get(i);
            expressions.add("CAST(" + (value == null ? "NULL" : PostgresDialect.quoted(value)) + " AS "
                    + table.table().columns().get(i).type().kind().postgresName() + ")");
        }
        return expressions;
    }
}
