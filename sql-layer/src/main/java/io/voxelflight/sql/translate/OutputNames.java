package io.voxelflight.sql.translate;

import io.voxelflight.sql.parse.ParsedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * Names for the columns of a result: the validator's, and for expressions without an alias what the user wrote, such as
 * {@code count(*)}.
 */
final class OutputNames {
    private static final Pattern UNNAMED = Pattern.compile("EXPR\\$\\d+");
    private static final int LONGEST = 60;

    /** For each unnamed expression of the select list, in order, its text. */
    private final List<String> expressions;

    private OutputNames(List<String> expressions) {
        this.expressions = expressions;
    }

    /**
     * Reads the tree before the validator changes it.
     *
     * @param tree in standard SQL, whose places are those of the statement
     */
    static OutputNames of(SqlNode tree, ParsedStatement parsed) {
        List<String> expressions = new ArrayList<>();
        SqlSelect select = first(tree);
        if (select != null) {
            for (SqlNode item : select.getSelectList()) {
                if (isUnnamed(item)) {
                    expressions.add(text(item, parsed));
                }
            }
        }
        return new OutputNames(expressions);
    }

    /** Whether an item of a select list is an expression of the user's without a name. */
    static boolean isUnnamed(SqlNode item) {
        return item.getKind() != SqlKind.AS
                && !(item instanceof SqlIdentifier)
                && !isStar(item)
                && !item.getParserPosition().equals(SqlParserPos.ZERO);
    }

    /** What the user wrote for an expression, as a name. */
    static String text(SqlNode item, ParsedStatement parsed) {
        return shortened(parsed.source(item.getParserPosition()));
    }

    List<String> name(List<String> columns) {
        List<String> names = new ArrayList<>();
        int unnamed = 0;
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i);
            if (UNNAMED.matcher(name).matches()) {
                name = unnamed < expressions.size() ? expressions.get(unnamed) : "col" + i;
                unnamed++;
            }
            names.add(name);
        }
        return names;
    }

    private static @Nullable SqlSelect first(SqlNode query) {
        SqlNode node = query;
        while (true) {
            if (node instanceof SqlSelect select) {
                return select;
            } else if (node instanceof SqlOrderBy order) {
                node = order.query;
            } else if (node instanceof SqlWith with) {
                node = with.body;
            } else if (node instanceof SqlBasicCall call && SqlKind.SET_QUERY.contains(call.getKind())) {
                node = call.operand(0);
            } else {
                return null;
            }
        }
    }

    private static boolean isStar(SqlNode item) {
        return item instanceof SqlStarExclude;
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 4) + " ...";
    }
}
