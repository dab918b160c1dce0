package io.voxelflight.sql.rewrite;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.parse.ExtendedSelect;
import io.voxelflight.sql.parse.Sugar;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlPivot;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnpivot;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Writes in standard SQL what DuckDB adds to it: GROUP BY ALL, changes to stars, DISTINCT ON, samples, PIVOT, UNION BY
 * NAME, list comprehensions and the like.
 */
public final class Desugar extends SqlShuttle {
    private static final SqlParserPos NOWHERE = SqlParserPos.ZERO;

    private final ColumnFinder finder;

    /** Common tables that the query at hand may name. */
    private final List<SqlWithItem> common = new ArrayList<>();

    private Desugar(ColumnFinder finder) {
        this.finder = finder;
    }

    /**
     * Rewrites a tree.
     *
     * @throws ServiceException UNSUPPORTED for what has no equivalent
     */
    public static SqlNode apply(SqlNode tree, ColumnFinder finder) {
        return new Desugar(finder).node(tree);
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        SqlOperator operator = call.getOperator();
        if (call instanceof ExtendedSelect select) {
            return select(select, null);
        }
        if (call instanceof SqlOrderBy order) {
            return ordered(order);
        }
        if (call instanceof SqlWith with) {
            return with(with);
        }
        if (call instanceof SqlPivot pivot) {
            return Pivots.write(pivot, node(pivot.query), this::columns);
        }
        if (call.getKind() == SqlKind.AS && call.operand(0).getKind() == SqlKind.COLLECTION_TABLE) {
            return aliased(call);
        }
        if (call.getKind() == SqlKind.COLLECTION_TABLE) {
            SqlNode query = table(call);
            return query == null ? super.visit(call) : query;
        }
        if (call instanceof SqlJoin join
                && join.getConditionType() == JoinConditionType.USING
                && (join.getJoinType() == JoinType.LEFT_SEMI_JOIN || join.getJoinType() == JoinType.LEFT_ANTI_JOIN)) {
            return super.visit((SqlCall) withOn(join));
        }
        if (call instanceof SqlUnpivot unpivot) {
            return Pivots.undo(unpivot, node(unpivot.query), this::columns);
        }
        if (operator.equals(Sugar.PIVOT)) {
            return pivot(call);
        }
        if (operator.equals(Sugar.SAMPLE)) {
            return sampled(node(call.operand(0)), call.operand(1));
        }
        if (operator.equals(Sugar.UNION_BY_NAME) || operator.equals(Sugar.UNION_ALL_BY_NAME)) {
            return byName(call);
        }
        if (operator.equals(Sugar.COMPREHENSION)) {
            return comprehension(
                    call.getParserPosition(),
                    node(call.operand(0)),
                    call.operand(1),
                    node(call.operand(2)),
                    node(call.operand(3)));
        }
        if (operator.equals(SqlStdOperatorTable.DOT) && call.operand(1) instanceof SqlCall member) {
            return method(node(call.operand(0)), member);
        }
        if (operator instanceof SqlFunction function) {
            return function(call, function);
        }
        return super.visit(call);
    }

    // ---- functions

    private @Nullable SqlNode table(SqlCall call) {
        SqlNode query = call.operand(0) instanceof SqlCall function && function.getOperator() instanceof SqlFunction
                ? TableFunctions.query(function)
                : null;
        return query == null ? null : node(query);
    }

    private @Nullable SqlNode aliased(SqlCall as) {
        SqlNode query = table(as.operand(0));
        if (query == null) {
            return super.visit(as);
        }
        List<SqlNode> operands = new ArrayList<>(as.getOperandList());
        operands.set(0, query.getKind() == SqlKind.AS ? ((SqlCall) query).operand(0) : query);
        return SqlStdOperatorTable.AS.createCall(as.getParserPosition(), operands);
    }

    private @Nullable SqlNode function(SqlCall call, SqlFunction function) {
        SqlIdentifier name = function.getSqlIdentifier();
        if (name != null && !name.isSimple()) {
            List<String> subject = name.names.subList(0, name.names.size() - 1);
            SqlIdentifier value = new SqlIdentifier(subject, call.getParserPosition());
            return method(value, unqualified(call, name.names.get(name.names.size() - 1)));
        }
        if (name != null && Sugar.takesLambda(name) && call.operandCount() == 2) {
            if (!(call.operand(1) instanceof SqlLambda lambda)
                    || lambda.getParameters().size() != 1) {
                throw unsupported(function.getName() + " without a lambda of one parameter", "write x -> x + 1");
            }
            SqlIdentifier parameter = (SqlIdentifier) lambda.getParameters().get(0);
            SqlNode body = node(lambda.getExpression());
            boolean filter = function.getName().toUpperCase(Locale.ROOT).endsWith("FILTER");
            return comprehension(
                    call.getParserPosition(),
                    filter ? parameter : body,
                    parameter,
                    node(call.operand(0)),
                    filter ? body : SqlLiteral.createBoolean(true, NOWHERE));
        }
        return super.visit(call);
    }

    private static SqlCall unqualified(SqlCall call, String name) {
        SqlFunction function = (SqlFunction) call.getOperator();
        SqlIdentifier simple = new SqlIdentifier(name, call.getParserPosition());
        return new SqlUnresolvedFunction(simple, null, null, null, null, function.getFunctionType())
                .createCall(call.getFunctionQuantifier(), call.getParserPosition(), call.getOperandList());
    }

    /** {@code value.function(argument)}. */
    private SqlNode method(SqlNode value, SqlCall member) {
        List<SqlNode> operands = new ArrayList<>(List.of(value));
        operands.addAll(member.getOperandList());
        return node(
                member.getOperator().createCall(member.getFunctionQuantifier(), member.getParserPosition(), operands));
    }

    /** As an array of the rows of a sub-query. */
    private static SqlNode comprehension(SqlParserPos at, SqlNode body, SqlNode name, SqlNode list, SqlNode condition) {
        SqlNode rows = SqlStdOperatorTable.AS.createCall(
                at, SqlStdOperatorTable.UNNEST.createCall(at, Copies.of(list)), new SqlIdentifier("$list", at), name);
        boolean all = condition instanceof SqlLiteral literal && Boolean.TRUE.equals(literal.getValue());
        SqlNode array = SqlStdOperatorTable.ARRAY_QUERY.createCall(
                at, plain(at, SqlNodeList.of(body), rows, all ? null : condition));
        return SqlStdOperatorTable.CASE.createCall(
                null,
                at,
                null,
                SqlNodeList.of(SqlStdOperatorTable.IS_NOT_NULL.createCall(at, list)),
                SqlNodeList.of(array),
                SqlLiteral.createNull(at));
    }

    // ---- WITH, ORDER BY, set operations

    private SqlNode with(SqlWith with) {
        int outer = common.size();
        List<SqlNode> items = new ArrayList<>();
        for (SqlNode node : with.withList) {
            SqlWithItem item = (SqlWithItem) node;
            SqlWithItem written = new SqlWithItem(
                    item.getParserPosition(), item.name, item.columnList, node(item.query), item.recursive);
            items.add(written);
            common.add(written);
        }
        SqlNode body = node(with.body);
        while (common.size() > outer) {
            common.remove(common.size() - 1);
        }
        return new SqlWith(with.getParserPosition(), new SqlNodeList(items, with.withList.getParserPosition()), body);
    }

    private SqlNode ordered(SqlOrderBy order) {
        SqlNode query =
                order.query instanceof ExtendedSelect extended ? select(extended, order.orderList) : node(order.query);
        SqlWith with = query instanceof SqlWith outer ? outer : null;
        SqlSelect select = (with == null ? query : with.body) instanceof SqlSelect body ? body : null;
        Supplier<Set<String>> known = select == null ? Set::of : columnsOf(select.getFrom(), with);
        List<SqlNode> by = new ArrayList<>();
        for (SqlNode item : order.orderList) {
            if (isAll(item)) {
                int columns = width(query);
                for (int i = 1; i <= columns; i++) {
                    by.add(inPlaceOfAll(item, ordinal(i)));
                }
            } else {
                SqlNode standard = node(item);
                by.add(select == null ? standard : withoutAliases(standard, select, known));
            }
        }
        SqlNodeList list = new SqlNodeList(by, order.orderList.getParserPosition());
        SqlNode fetch = order.fetch;
        if (fetch instanceof SqlCall part && part.getOperator().equals(Sugar.PERCENT)) {
            query = part(query, list, part.operand(0));
            fetch = null;
            if (list.isEmpty() && order.offset == null) {
                return query;
            }
        }
        return new SqlOrderBy(order.getParserPosition(), query, list, order.offset, fetch);
    }

    /** The first part of a query's rows: those whose number is at most that part of their count. */
    private static SqlNode part(SqlNode query, SqlNodeList by, SqlNode percent) {
        SqlParserPos at = query.getParserPosition();
        if (!(query instanceof SqlSelect select)
                || select.getQualify() != null
                || select.isDistinct()
                || select.getGroup() != null) {
            throw unsupported(
                    "LIMIT n% of a query with DISTINCT, GROUP BY, QUALIFY or UNION",
                    "write SELECT * FROM (query) LIMIT n%");
        }
        SqlNode number =
                over(SqlStdOperatorTable.ROW_NUMBER.createCall(at), SqlNodeList.EMPTY, resolvedAll(by, select));
        SqlNode count = over(
                SqlStdOperatorTable.COUNT.createCall(at, SqlIdentifier.star(at)), SqlNodeList.EMPTY, SqlNodeList.EMPTY);
        SqlNode share = SqlStdOperatorTable.FLOOR.createCall(
                at,
                SqlStdOperatorTable.MULTIPLY.createCall(
                        at,
                        count,
                        SqlLiteral.createExactNumeric(
                                ((SqlLiteral) percent)
                                        .bigDecimalValue()
                                        .divide(BigDecimal.valueOf(100))
                                        .toPlainString(),
                                at)));
        select.setQualify(SqlStdOperatorTable.LESS_THAN_OR_EQUAL.createCall(at, number, share));
        return select;
    }

    private SqlNode byName(SqlCall call) {
        SqlNode left = node(call.operand(0));
        SqlNode right = node(call.operand(1));
        List<String> first = columns(left);
        List<String> second = columns(right);
        Set<String> names = new LinkedHashSet<>();
        Set<String> known = new HashSet<>();
        for (List<String> side : List.of(first, second)) {
            for (String name : side) {
                if (known.add(name.toLowerCase(Locale.ROOT))) {
                    names.add(name);
                }
            }
        }
        boolean all = call.getOperator().equals(Sugar.UNION_ALL_BY_NAME);
        return (all ? SqlStdOperatorTable.UNION_ALL : SqlStdOperatorTable.UNION)
                .createCall(call.getParserPosition(), aligned(left, first, names), aligned(right, second, names));
    }

    private static SqlNode aligned(SqlNode query, List<String> own, Set<String> names) {
        SqlParserPos at = query.getParserPosition();
        List<SqlNode> items = new ArrayList<>();
        for (String name : names) {
            boolean there = own.stream().anyMatch(name::equalsIgnoreCase);
            SqlIdentifier column = new SqlIdentifier(name, at);
            items.add(there ? column : SqlStdOperatorTable.AS.createCall(at, SqlLiteral.createNull(at), column));
        }
        SqlNode table = SqlStdOperatorTable.AS.createCall(at, query, new SqlIdentifier("$side", at));
        return plain(at, new SqlNodeList(items, at), table, null);
    }

    // ---- SELECT

    private SqlNode select(ExtendedSelect original, @Nullable SqlNodeList order) {
        SqlNode from = original.getFrom() == null ? null : node(original.getFrom());
        if (original.sample() != null) {
            if (from == null || from.getKind() == SqlKind.JOIN) {
                throw unsupported("USING SAMPLE of a join", "sample a sub-query: FROM (SELECT ...) USING SAMPLE 10");
            }
            from = sampled(from, original.sample());
        }
        SqlNodeList items = items(original, from);
        SqlSelect select = new SqlSelect(
                original.getParserPosition(),
                (SqlNodeList) original.getOperandList().get(0),
                items,
                from,
                optional(original.getWhere()),
                (SqlNodeList) optional(original.getGroup()),
                optional(original.getHaving()),
                (SqlNodeList) optional(original.getWindowList()),
                optional(original.getQualify()),
                null,
                null,
                null,
                null);
        if (from != null) {
            replaceAliases(select, from);
        }
        if (original.getGroup() != null && original.getGroup().stream().anyMatch(Desugar::isAll)) {
            groupByAll(select);
        }
        if (original.distinctOn() != null) {
            distinctOn(select, original.distinctOn(), order == null ? SqlNodeList.EMPTY : order);
        }
        return select;
    }

    private SqlNodeList items(ExtendedSelect select, @Nullable SqlNode from) {
        List<SqlNode> items = new ArrayList<>();
        boolean all = select.getGroup() != null && select.getGroup().stream().anyMatch(Desugar::isAll);
        for (SqlNode item : select.getSelectList()) {
            if (item instanceof SqlCall call && call.getOperator().equals(Sugar.STAR)) {
                items.addAll(new Stars(call, this::node).expand(starColumns(call.operand(0), from)));
            } else if (Stars.isColumns(item)) {
                items.addAll(Stars.matching((SqlCall) item, starColumns(SqlIdentifier.star(NOWHERE), from)));
            } else if (all && Sugar.isStar(item)) {
                items.addAll(Stars.all((SqlIdentifier) item, starColumns(item, from)));
            } else {
                items.add(node(item));
            }
        }
        return new SqlNodeList(items, select.getSelectList().getParserPosition());
    }

    private List<String> starColumns(SqlNode star, @Nullable SqlNode from) {
        if (from == null) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "a * needs a FROM clause: write SELECT * FROM t");
        }
        return columns(plain(NOWHERE, SqlNodeList.of(star), from, null));
    }

    /**
     * The columns of a FROM clause in lower case, looked for when first asked.
     *
     * @param with whose common tables it may name, beside those at hand
     */
    private Supplier<Set<String>> columnsOf(@Nullable SqlNode from, @Nullable SqlWith with) {
        Set<String> names = new HashSet<>();
        boolean[] asked = new boolean[1];
        return () -> {
            if (from != null && !asked[0]) {
                asked[0] = true;
                SqlNode all = plain(NOWHERE, SqlNodeList.of(SqlIdentifier.star(NOWHERE)), from, null);
                for (String name : columns(with == null ? all : new SqlWith(NOWHERE, with.withList, all))) {
                    names.add(name.toLowerCase(Locale.ROOT));
                }
            }
            return names;
        };
    }

    /**
     * An item of ORDER BY in which aliases stand for their expressions; but an alias alone is a column of the result, also
     * where a table has a column of that name.
     */
    private static SqlNode withoutAliases(SqlNode item, SqlSelect select, Supplier<Set<String>> columns) {
        return switch (item.getKind()) {
            case IDENTIFIER -> item;
            case DESCENDING, NULLS_FIRST, NULLS_LAST -> {
                SqlCall call = (SqlCall) item;
                yield call.getOperator()
                        .createCall(item.getParserPosition(), withoutAliases(call.operand(0), select, columns));
            }
            default -> Aliases.replace(item, select.getSelectList(), columns);
        };
    }

    private void replaceAliases(SqlSelect select, SqlNode from) {
        Supplier<Set<String>> columns = columnsOf(from, null);
        if (select.getWhere() != null) {
            select.setWhere(Aliases.replace(select.getWhere(), select.getSelectList(), columns));
        }
        if (select.getQualify() != null) {
            select.setQualify(Aliases.replace(select.getQualify(), select.getSelectList(), columns));
        }
    }

    private static void groupByAll(SqlSelect select) {
        List<SqlNode> groups = new ArrayList<>();
        for (int i = 0; i < select.getSelectList().size(); i++) {
            if (!Aggregates.isIn(select.getSelectList().get(i))) {
                groups.add(ordinal(i + 1));
            }
        }
        select.setGroupBy(groups.isEmpty() ? null : new SqlNodeList(groups, NOWHERE));
    }

    private void distinctOn(SqlSelect select, SqlNodeList on, SqlNodeList order) {
        if (select.getQualify() != null) {
            throw unsupported("DISTINCT ON with QUALIFY", "put one of them in a sub-query");
        }
        List<SqlNode> written = new ArrayList<>();
        for (SqlNode item : order) {
            if (isAll(item)) {
                throw unsupported("DISTINCT ON with ORDER BY ALL", "name the columns");
            }
            written.add(node(item));
        }
        List<SqlNode> keys = new ArrayList<>();
        for (SqlNode key : on) {
            keys.add(resolved(node(key), select));
        }
        SqlParserPos at = select.getParserPosition();
        SqlNode number = over(
                SqlStdOperatorTable.ROW_NUMBER.createCall(at),
                new SqlNodeList(keys, at),
                resolvedAll(new SqlNodeList(written, at), select));
        select.setQualify(SqlStdOperatorTable.EQUALS.createCall(at, number, ordinal(1)));
    }

    private SqlNode pivot(SqlCall call) {
        SqlNodeList values = call.operand(2);
        if (values.isEmpty()) {
            throw unsupported("PIVOT without values inside another statement", "write ON column IN ('a', 'b')");
        }
        List<SqlNode> aggregates = new ArrayList<>();
        ((SqlNodeList) call.operand(3)).forEach(aggregate -> aggregates.add(node(aggregate)));
        return Pivots.write(
                call.getParserPosition(),
                node(call.operand(0)),
                call.operand(1),
                values.getList(),
                aggregates,
                call.operand(4),
                this::columns);
    }

    /** The validator takes no USING of a join that has one side's columns only. */
    private static SqlNode withOn(SqlJoin join) {
        SqlParserPos at = join.getParserPosition();
        SqlNode condition = null;
        for (SqlNode column : (SqlNodeList) Objects.requireNonNull(join.getCondition())) {
            String name = ((SqlIdentifier) column).getSimple();
            SqlNode same = SqlStdOperatorTable.EQUALS.createCall(
                    at,
                    nameOf(join.getLeft()).plus(name, at),
                    nameOf(join.getRight()).plus(name, at));
            condition = condition == null ? same : SqlStdOperatorTable.AND.createCall(at, condition, same);
        }
        return new SqlJoin(
                at,
                join.getLeft(),
                SqlLiteral.createBoolean(false, at),
                join.getJoinType().symbol(at),
                join.getRight(),
                JoinConditionType.ON.symbol(at),
                condition);
    }

    private static SqlIdentifier nameOf(SqlNode table) {
        if (table.getKind() == SqlKind.AS) {
            return ((SqlCall) table).operand(1);
        }
        if (table instanceof SqlIdentifier name) {
            return new SqlIdentifier(name.names.get(name.names.size() - 1), name.getParserPosition());
        }
        throw unsupported("SEMI or ANTI JOIN with USING of more than two tables", "write ON t.a = u.a");
    }

    // ---- samples

    private SqlNode sampled(SqlNode table, SqlNode size) {
        SqlParserPos at = table.getParserPosition();
        SqlNode inner = table;
        SqlNode alias = null;
        if (table.getKind() == SqlKind.AS) {
            SqlCall as = (SqlCall) table;
            if (as.operandCount() > 2) {
                throw unsupported("a sample of a table with names for its columns", "sample a sub-query");
            }
            inner = as.operand(0);
            alias = as.operand(1);
        } else if (table instanceof SqlIdentifier name) {
            alias = new SqlIdentifier(name.names.get(name.names.size() - 1), at);
        }
        if (inner.getKind() == SqlKind.COLLECTION_TABLE
                || inner.getKind() == SqlKind.LATERAL
                || inner.getKind() == SqlKind.UNNEST) {
            throw unsupported("a sample of a function's rows", "sample a sub-query");
        }
        SqlNode random = Sugar.call("RANDOM", at);
        SqlNode rows;
        if (size instanceof SqlCall part) {
            SqlNode share = SqlLiteral.createExactNumeric(
                    ((SqlLiteral) part.operand(0))
                            .bigDecimalValue()
                            .divide(BigDecimal.valueOf(100))
                            .toPlainString(),
                    at);
            rows = plain(
                    at,
                    SqlNodeList.of(SqlIdentifier.star(at)),
                    inner,
                    SqlStdOperatorTable.LESS_THAN.createCall(at, random, share));
        } else {
            rows = new SqlOrderBy(
                    at,
                    plain(at, SqlNodeList.of(SqlIdentifier.star(at)), inner, null),
                    SqlNodeList.of(random),
                    null,
                    size);
        }
        return SqlStdOperatorTable.AS.createCall(at, rows, alias == null ? new SqlIdentifier("$sample", at) : alias);
    }

    // ---- parts

    /** The columns of a query, which may name the common tables at hand. */
    private List<String> columns(SqlNode query) {
        SqlNode copy = Copies.of(query);
        if (!common.isEmpty()) {
            List<SqlNode> items = new ArrayList<>();
            common.forEach(item -> items.add(Copies.of(item)));
            copy = new SqlWith(NOWHERE, new SqlNodeList(items, NOWHERE), copy);
        }
        return finder.columns(copy);
    }

    private int width(SqlNode query) {
        return columns(query).size();
    }

    private SqlNode node(SqlNode node) {
        SqlNode visited = node.accept(this);
        return visited == null ? node : visited;
    }

    private @Nullable SqlNode optional(@Nullable SqlNode node) {
        return node == null ? null : node(node);
    }

    static SqlSelect plain(SqlParserPos at, SqlNodeList items, SqlNode from, @Nullable SqlNode where) {
        return new SqlSelect(at, null, items, from, where, null, null, null, null, null, null, null, null);
    }

    private static SqlNode over(SqlCall function, SqlNodeList partition, SqlNodeList order) {
        SqlParserPos at = function.getParserPosition();
        SqlWindow window = SqlWindow.create(
                null, null, partition, order, SqlLiteral.createBoolean(false, at), null, null, null, at);
        return SqlStdOperatorTable.OVER.createCall(at, function, window);
    }

    /** Positions and aliases of the select list, in an order, replaced by the expressions that they stand for. */
    private static SqlNodeList resolvedAll(SqlNodeList order, SqlSelect select) {
        List<SqlNode> resolved = new ArrayList<>();
        for (SqlNode item : order) {
            resolved.add(resolved(item, select));
        }
        return new SqlNodeList(resolved, order.getParserPosition());
    }

    private static SqlNode resolved(SqlNode item, SqlSelect select) {
        switch (item.getKind()) {
            case DESCENDING, NULLS_FIRST, NULLS_LAST -> {
                SqlCall call = (SqlCall) item;
                return call.getOperator().createCall(call.getParserPosition(), resolved(call.operand(0), select));
            }
            case LITERAL -> {
                int place = ((SqlLiteral) item).intValue(false);
                if (place >= 1 && place <= select.getSelectList().size()) {
                    return Copies.of(expression(select.getSelectList().get(place - 1)));
                }
                return item;
            }
            default -> {
                if (item instanceof SqlIdentifier name && name.isSimple()) {
                    for (SqlNode selected : select.getSelectList()) {
                        if (selected.getKind() == SqlKind.AS
                                && ((SqlIdentifier) ((SqlCall) selected).operand(1))
                                        .getSimple()
                                        .equalsIgnoreCase(name.getSimple())) {
                            return Copies.of(expression(selected));
                        }
                    }
                }
                return Copies.of(item);
            }
        }
    }

    private static SqlNode expression(SqlNode item) {
        return item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
    }

    private static boolean isAll(SqlNode item) {
        SqlNode inner = item;
        while (inner.getKind() == SqlKind.DESCENDING
                || inner.getKind() == SqlKind.NULLS_FIRST
                || inner.getKind() == SqlKind.NULLS_LAST) {
            inner = ((SqlCall) inner).operand(0);
        }
        return inner instanceof SqlCall call && call.getOperator().equals(Sugar.ALL);
    }

    private static SqlNode inPlaceOfAll(SqlNode item, SqlNode column) {
        if (item instanceof SqlCall call && !call.getOperator().equals(Sugar.ALL)) {
            return call.getOperator().createCall(NOWHERE, inPlaceOfAll(call.operand(0), column));
        }
        return column;
    }

    private static SqlLiteral ordinal(int number) {
        return SqlLiteral.createExactNumeric(Integer.toString(number), NOWHERE);
    }

    static ServiceException unsupported(String what, String hint) {
        return new ServiceException(ErrorCode.UNSUPPORTED, what + " is not supported: " + hint);
    }
}
