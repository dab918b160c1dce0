package io.voxelflight.sql.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlPivot;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnpivot;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/** PIVOT as GROUP BY with an aggregate for each value, over the rows that have it. */
final class Pivots {
    private Pivots() {}

    /** {@code table PIVOT (sum(a) FOR b IN (1 AS x, 2))}. */
    static SqlNode write(SqlPivot pivot, SqlNode table, Function<SqlNode, List<String>> columns) {
        SqlNodeList axes = pivot.axisList;
        if (axes.size() != 1) {
            throw Desugar.unsupported("PIVOT over several columns", "write GROUP BY with FILTER (WHERE ...)");
        }
        List<SqlNode> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        pivot.forEachNameValues((alias, list) -> {
            SqlNode value = list.get(0);
            values.add(value);
            names.add(alias);
        });
        for (int i = 0; i < values.size(); i++) {
            SqlNode written = ((SqlNodeList) pivot.getOperandList().get(3)).get(i);
            if (written.getKind() != SqlKind.AS) {
                names.set(i, text(values.get(i)));
            }
        }
        List<SqlNode> aggregates = ((SqlNodeList) pivot.getOperandList().get(1)).getList();
        return write(pivot.getParserPosition(), table, axes.get(0), values, names, aggregates, null, columns);
    }

    /** {@code PIVOT table ON axis IN (values) USING aggregates GROUP BY groups}; columns are named by the values' text. */
    static SqlNode write(
            SqlParserPos at,
            SqlNode table,
            SqlNode axis,
            List<SqlNode> values,
            List<SqlNode> aggregates,
            SqlNodeList groups,
            Function<SqlNode, List<String>> columns) {
        List<SqlNode> plain = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (SqlNode value : values) {
            boolean named = value.getKind() == SqlKind.AS;
            SqlNode inner = named ? ((SqlCall) value).operand(0) : value;
            plain.add(inner);
            names.add(named ? ((SqlIdentifier) ((SqlCall) value).operand(1)).getSimple() : text(inner));
        }
        List<SqlNode> all = aggregates.isEmpty()
                ? List.of(SqlStdOperatorTable.COUNT.createCall(at, SqlIdentifier.star(at)))
                : aggregates;
        return write(at, table, axis, plain, names, all, groups.isEmpty() ? null : groups.getList(), columns);
    }

    private static SqlNode write(
            SqlParserPos at,
            SqlNode table,
            SqlNode axis,
            List<SqlNode> values,
            List<String> names,
            List<SqlNode> aggregates,
            @Nullable List<SqlNode> named,
            Function<SqlNode, List<String>> columns) {
        List<SqlNode> groups = named == null ? groups(at, table, axis, aggregates, columns) : named;
        List<SqlNode> items = new ArrayList<>(groups);
        for (int i = 0; i < values.size(); i++) {
            for (SqlNode aggregate : aggregates) {
                boolean alias = aggregate.getKind() == SqlKind.AS;
                if (!alias && aggregates.size() > 1) {
                    throw Desugar.unsupported("PIVOT with several aggregates without names", "write sum(a) AS a, ...");
                }
                SqlNode call = alias ? ((SqlCall) aggregate).operand(0) : aggregate;
                String name = alias
                        ? names.get(i) + "_" + ((SqlIdentifier) ((SqlCall) aggregate).operand(1)).getSimple()
                        : names.get(i);
                SqlNode has = SqlStdOperatorTable.EQUALS.createCall(at, Copies.of(axis), values.get(i));
                items.add(SqlStdOperatorTable.AS.createCall(
                        at,
                        SqlStdOperatorTable.FILTER.createCall(at, Copies.of(call), has),
                        new SqlIdentifier(name, at)));
            }
        }
        List<SqlNode> keys = groups.stream().map(Copies::of).toList();
        return new SqlSelect(
                at,
                null,
                new SqlNodeList(items, at),
                table,
                null,
                keys.isEmpty() ? null : new SqlNodeList(keys, at),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** {@code table UNPIVOT (value FOR name IN (a, b))}: a row for each of the columns that has a value. */
    static SqlNode undo(SqlUnpivot unpivot, SqlNode table, Function<SqlNode, List<String>> columns) {
        SqlParserPos at = unpivot.getParserPosition();
        if (unpivot.measureList.size() != 1 || unpivot.axisList.size() != 1) {
            throw Desugar.unsupported("UNPIVOT into several columns", "write UNION ALL");
        }
        SqlIdentifier rows = new SqlIdentifier("$unpivot", at);
        List<String> all = columns.apply(Desugar.plain(at, SqlNodeList.of(SqlIdentifier.star(at)), table, null));
        List<SqlIdentifier> measured = new ArrayList<>();
        Set<String> used = new HashSet<>();
        for (SqlNode item : unpivot.inList) {
            SqlNode plain = item instanceof SqlNodeList list && list.size() == 1 ? list.get(0) : item;
            if (!(plain instanceof SqlIdentifier column)) {
                throw Desugar.unsupported("UNPIVOT with such an IN", "write FOR name IN (column, column)");
            }
            measured.add(column);
            used.add(column.getSimple().toLowerCase(Locale.ROOT));
        }
        SqlNode union = null;
        for (SqlIdentifier column : measured) {
            List<SqlNode> items = new ArrayList<>();
            for (String name : all) {
                if (!used.contains(name.toLowerCase(Locale.ROOT))) {
                    items.add(new SqlIdentifier(name, at));
                }
            }
            String spelled = all.stream()
                    .filter(name -> name.equalsIgnoreCase(column.getSimple()))
                    .findFirst()
                    .orElse(column.getSimple());
            items.add(as(at, SqlLiteral.createCharString(spelled, at), unpivot.axisList.get(0)));
            items.add(as(at, column, unpivot.measureList.get(0)));
            SqlNode part = Desugar.plain(
                    at,
                    new SqlNodeList(items, at),
                    rows,
                    unpivot.includeNulls ? null : SqlStdOperatorTable.IS_NOT_NULL.createCall(at, Copies.of(column)));
            union = union == null ? part : SqlStdOperatorTable.UNION_ALL.createCall(at, union, part);
        }
        if (union == null) {
            throw Desugar.unsupported("UNPIVOT of no column", "write FOR name IN (column, column)");
        }
        SqlNode query = Desugar.plain(at, SqlNodeList.of(SqlIdentifier.star(at)), table, null);
        SqlWithItem item = new SqlWithItem(at, rows, null, query, SqlLiteral.createBoolean(false, at));
        return new SqlWith(at, SqlNodeList.of(item), union);
    }

    private static SqlNode as(SqlParserPos at, SqlNode value, SqlNode name) {
        return SqlStdOperatorTable.AS.createCall(at, value, name);
    }

    /** All columns that neither the axis nor an aggregate names. */
    private static List<SqlNode> groups(
            SqlParserPos at,
            SqlNode table,
            SqlNode axis,
            List<SqlNode> aggregates,
            Function<SqlNode, List<String>> columns) {
        Set<String> used = new HashSet<>();
        SqlBasicVisitor<@Nullable Void> names = new SqlBasicVisitor<>() {
            @Override
            public @Nullable Void visit(SqlIdentifier name) {
                used.add(name.names.get(name.names.size() - 1).toLowerCase(Locale.ROOT));
                return null;
            }
        };
        axis.accept(names);
        aggregates.forEach(aggregate ->
                (aggregate.getKind() == SqlKind.AS ? ((SqlCall) aggregate).operand(0) : aggregate).accept(names));
        List<SqlNode> groups = new ArrayList<>();
        for (String column : columns.apply(Desugar.plain(at, SqlNodeList.of(SqlIdentifier.star(at)), table, null))) {
            if (!used.contains(column.toLowerCase(Locale.ROOT))) {
                groups.add(new SqlIdentifier(column, at));
            }
        }
        return groups;
    }

    private static String text(SqlNode value) {
        if (value instanceof SqlLiteral literal) {
            return SqlTypeName.CHAR_TYPES.contains(literal.getTypeName())
                    ? String.valueOf(literal.getValueAs(String.class))
                    : String.valueOf(literal.toValue());
        }
        throw Desugar.unsupported("PIVOT by a value that is no literal", "write IN ('a', 'b')");
    }
}
