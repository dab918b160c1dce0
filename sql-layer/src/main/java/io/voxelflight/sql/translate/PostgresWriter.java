package io.voxelflight.sql.translate;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriterConfig;
import org.apache.calcite.sql.pretty.SqlPrettyWriter;

/** Writes a tree as text, and notes where parameters stand. */
final class PostgresWriter extends SqlPrettyWriter {
    private static final SqlWriterConfig CONFIG = SqlPrettyWriter.config()
            .withDialect(PostgresDialect.INSTANCE)
            .withAlwaysUseParentheses(true)
            .withQuoteAllIdentifiers(true)
            .withClauseStartsLine(false)
            .withSelectListItemsOnSeparateLines(false)
            .withIndentation(0);

    private final StringBuilder text;
    private final List<Integer> places = new ArrayList<>();
    private final List<Integer> parameters = new ArrayList<>();

    private PostgresWriter(StringBuilder text) {
        super(CONFIG, text);
        this.text = text;
    }

    static Template write(SqlNode tree) {
        PostgresWriter writer = new PostgresWriter(new StringBuilder());
        tree.unparse(writer, 0, 0);
        return writer.template();
    }

    @Override
    public void dynamicParam(int index) {
        super.dynamicParam(index);
        int place = text.length() - 1;
        if (text.charAt(place) != '?') {
            throw new IllegalStateException("the place of parameter " + index + " is not known");
        }
        places.add(place);
        parameters.add(index);
    }

    private Template template() {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int place : places) {
            parts.add(text.substring(from, place));
            from = place + 1;
        }
        parts.add(text.substring(from));
        return new Template(parts, parameters);
    }
}
