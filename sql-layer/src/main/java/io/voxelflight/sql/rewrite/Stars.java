package io.voxelflight.sql.rewrite;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** A star with changes, as the columns that it stands for. */
final class Stars {
    private static final int LONGEST_PATTERN = 200;

    private final SqlIdentifier star;
    private final Set<String> excluded = new HashSet<>();
    private final Map<String, SqlNode> replaced = new LinkedHashMap<>();
    private final Map<String, SqlIdentifier> renamed = new LinkedHashMap<>();

    /** @param rewrite for the expressions of REPLACE */
    Stars(SqlCall call, UnaryOperator<SqlNode> rewrite) {
        this.star = call.operand(0);
        for (SqlNode column : (SqlNodeList) call.operand(1)) {
            SqlIdentifier name = (SqlIdentifier) column;
            excluded.add(lower(name.names.get(name.names.size() - 1)));
        }
        for (SqlNode change : (SqlNodeList) call.operand(2)) {
            replaced.put(lower(alias(change).getSimple()), rewrite.apply(((SqlCall) change).operand(0)));
        }
        for (SqlNode change : (SqlNodeList) call.operand(3)) {
            if (!(((SqlCall) change).operand(0) instanceof SqlIdentifier old)) {
                throw Desugar.unsupported("RENAME of an expression", "write RENAME (column AS name)");
            }
            renamed.put(lower(old.names.get(old.names.size() - 1)), alias(change));
        }
    }

    List<SqlNode> expand(List<String> columns) {
        checkNames(columns);
        List<SqlNode> items = new ArrayList<>();
        for (String column : columns) {
            String name = lower(column);
            if (excluded.contains(name)) {
                continue;
            }
            SqlNode value = replaced.getOrDefault(name, column(star, column));
            if (renamed.containsKey(name)) {
                items.add(as(value, renamed.get(name)));
            } else if (replaced.containsKey(name)) {
                items.add(as(value, new SqlIdentifier(column, star.getParserPosition())));
            } else {
                items.add(value);
            }
        }
        if (items.isEmpty()) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "EXCLUDE leaves no column: exclude fewer");
        }
        return items;
    }

    private void checkNames(List<String> columns) {
        Set<String> known = unique(columns);
        Set<String> named = new HashSet<>(excluded);
        named.addAll(replaced.keySet());
        named.addAll(renamed.keySet());
        named.removeAll(known);
        if (!named.isEmpty()) {
            throw new ServiceException(
                    ErrorCode.NOT_FOUND,
                    "there is no column '" + named.iterator().next()
                            + "' to exclude, replace or rename: the columns are " + String.join(", ", columns));
        }
    }

    static List<SqlNode> all(SqlIdentifier star, List<String> columns) {
        unique(columns);
        return columns.stream().map(column -> column(star, column)).toList();
    }

    /** Whether it is {@code COLUMNS('pattern')} or {@code COLUMNS(*)}. */
    static boolean isColumns(SqlNode item) {
        return item instanceof SqlCall call
                && call.getOperator() instanceof SqlFunction function
                && function.getName().equalsIgnoreCase("COLUMNS")
                && call.operandCount() == 1;
    }

    static List<SqlNode> matching(SqlCall call, List<String> columns) {
        SqlIdentifier star = SqlIdentifier.star(call.getParserPosition());
        if (call.operand(0) instanceof SqlIdentifier name && name.isStar()) {
            return all(star, columns);
        }
        if (!(call.operand(0) instanceof SqlLiteral literal)
                || !SqlTypeName.CHAR_TYPES.contains(literal.getTypeName())) {
            throw Desugar.unsupported("COLUMNS of that", "write COLUMNS('regular expression') or COLUMNS(*)");
        }
        String text = String.valueOf(literal.getValueAs(String.class));
        Pattern pattern;
        try {
            if (text.length() > LONGEST_PATTERN) {
                throw new PatternSyntaxException("it is too long", "", -1);
            }
            pattern = Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the expression of COLUMNS is not understood (" + e.getDescription() + "): write COLUMNS('v.*')",
                    e);
        }
        List<SqlNode> items = all(
                star,
                columns.stream()
                        .filter(column -> pattern.matcher(column).find())
                        .toList());
        if (items.isEmpty()) {
            throw new ServiceException(
                    ErrorCode.NOT_FOUND, "no column matches COLUMNS('" + text + "'): the columns are " + columns);
        }
        return items;
    }

    private static Set<String> unique(List<String> columns) {
        Set<String> names = new HashSet<>();
        for (String column : columns) {
            if (!names.add(lower(column))) {
                throw Desugar.unsupported(
                        "a changed * over two columns of the name " + column, "write t.* EXCLUDE (...) for each table");
            }
        }
        return names;
    }

    private static SqlNode column(SqlIdentifier star, String name) {
        List<String> names = new ArrayList<>(star.names.subList(0, star.names.size() - 1));
        names.add(name);
        return new SqlIdentifier(names, star.getParserPosition());
    }

    private static SqlNode as(SqlNode value, SqlIdentifier name) {
        SqlParserPos at = name.getParserPosition();
        return SqlStdOperatorTable.AS.createCall(at, value, name);
    }

    private static SqlIdentifier alias(SqlNode change) {
        return ((SqlCall) change).operand(1);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
