package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.guard.Operators;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * Writes a validated tree in PostgreSQL's words, where it would refuse them or mean something else: division and means
 * of integers are DOUBLE, DESC puts NULLs last, LIKE has no escape character unless one is given, round() is half away
 * from zero.
 */
final class PostgresForm extends SqlShuttle {
    private static final Set<SqlKind> AGGREGATE_FRAMES = Set.of(SqlKind.OVER, SqlKind.FILTER, SqlKind.WITHIN_GROUP);

    private static final Set<String> DOUBLE_AGGREGATES =
            Set.of("AVG", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP");

    private static final Set<String> DOUBLE_FUNCTIONS = Set.of("LN", "LOG10", "EXP", "SQRT", "CBRT", "POWER");

    private static final Set<String> WHOLE_PARTS = Set.of(
            "year",
            "month",
            "day",
            "hour",
            "minute",
            "second",
            "quarter",
            "week",
            "dow",
            "doy",
            "isodow",
            "isoyear",
            "century",
            "decade",
            "millennium",
            "millisecond",
            "milliseconds",
            "microsecond",
            "microseconds");

    private final SqlValidator validator;
    private final Catalogue catalogue;
    private final Visibility visibility;
    private final Map<String, String> rows;
    private final DatasetNumbers numbers = new DatasetNumbers();

    /** Whether what is visited decides which rows there are. */
    private boolean filters;

    private PostgresForm(SqlValidator validator, Catalogue catalogue, Visibility visibility, Map<String, String> rows) {
        this.catalogue = catalogue;
        this.rows = rows;
        this.validator = validator;
        this.visibility = visibility;
    }

    /** @param rows text of the rows of tables that are not in the database */
    static SqlNode of(
            SqlNode tree,
            SqlValidator validator,
            Catalogue catalogue,
            Visibility visibility,
            Map<String, String> rows) {
        return new PostgresForm(validator, catalogue, visibility, rows).node(tree);
    }

    @Override
    public SqlNode visit(SqlDataTypeSpec type) {
        return PostgresType.spec(type.deriveType(validator));
    }

    /** In lower case, all of them: here names are not case-sensitive, PostgreSQL's quoted names are. */
    @Override
    public SqlNode visit(SqlIdentifier name) {
        List<String> lower =
                name.names.stream().map(part -> part.toLowerCase(Locale.ROOT)).toList();
        return new SqlIdentifier(
                lower, name.getCollation(), name.getParserPosition().withQuoting(true), null);
    }

    /** {@code 1e3} is a DOUBLE; PostgreSQL would take it for a numeric. */
    @Override
    public SqlNode visit(SqlLiteral literal) {
        return literal instanceof SqlNumericLiteral && literal.getTypeName() == SqlTypeName.DOUBLE
                ? Written.of("CAST(? AS double precision)", literal)
                : literal;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        SqlKind kind = call.getKind();
        if (AGGREGATE_FRAMES.contains(kind)) {
            return asDouble(root(call), frame(call));
        }
        return switch (kind) {
            case SELECT -> select((SqlSelect) call);
            case NULLS_FIRST, NULLS_LAST -> nulls(call);
            case DESCENDING -> SqlStdOperatorTable.NULLS_LAST.createCall(SqlParserPos.ZERO, copy(call));
            case LIKE -> like(call);
            case SIMILAR -> regex(call, ((SqlLikeOperator) call.getOperator()).isNegated());
            case POSIX_REGEX_CASE_SENSITIVE ->
                regex(call, call.getOperator().equals(SqlStdOperatorTable.NEGATED_POSIX_REGEX_CASE_SENSITIVE));
            case EXTRACT -> extract(call);
            case INTERVAL -> interval(call);
            case CAST ->
                call.operand(1) instanceof SqlDataTypeSpec type
                                && type.deriveType(validator).isStruct()
                        ? node(call.operand(0)) // the validator aligns the rows of (a, b) = (1, 2)
                        : copy(call);
            case DIVIDE -> divide(call);
            case EQUALS, IN, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> comparison(call);
            default -> function(call);
        };
    }

    private SqlNode comparison(SqlCall call) {
        SqlNode number = filters ? numbers.beside(call, this::node) : null;
        return number == null ? copy(call) : SqlStdOperatorTable.AND.createCall(SqlParserPos.ZERO, copy(call), number);
    }

    private SqlNode select(SqlSelect original) {
        numbers.enter(original);
        SqlSelect select = (SqlSelect) copy(original);
        if (original.getWhere() != null) {
            boolean before = filters;
            filters = true;
            select.setWhere(node(original.getWhere()));
            filters = before;
        }
        numbers.leave();
        SqlNode from = select.getFrom();
        if (from != null) {
            Joins joins = new Joins(catalogue, visibility, rows);
            select.setFrom(joins.write(from));
            SqlNode where = select.getWhere();
            for (SqlNode condition : joins.conditions()) {
                where = where == null
                        ? condition
                        : SqlStdOperatorTable.AND.createCall(SqlParserPos.ZERO, where, condition);
            }
            select.setWhere(where);
        }
        return select.getQualify() == null
                ? select
                : Qualify.write(select, validator.getValidatedNodeType(original).getFieldNames());
    }

    private SqlNode nulls(SqlCall call) {
        SqlNode inner = call.operand(0);
        SqlNode ordered = inner.getKind() == SqlKind.DESCENDING ? copy((SqlCall) inner) : node(inner);
        return call.getOperator().createCall(call.getParserPosition(), ordered);
    }

    private SqlNode like(SqlCall call) {
        SqlCall like = copy(call);
        return like.operandCount() == 2
                ? like.getOperator()
                        .createCall(
                                like.getParserPosition(),
                                like.operand(0),
                                like.operand(1),
                                SqlLiteral.createCharString("", SqlParserPos.ZERO))
                : like;
    }

    /** Of the whole text, as in DuckDB. */
    private SqlNode regex(SqlCall call, boolean negated) {
        if (call.operandCount() != 2) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "SIMILAR TO with ESCAPE is not supported: the pattern is a regular expression, escape by \\");
        }
        return Written.of(
                negated ? "(? !~ ('^(' || ? || ')$'))" : "(? ~ ('^(' || ? || ')$'))",
                node(call.operand(0)),
                node(call.operand(1)));
    }

    private SqlNode extract(SqlCall call) {
        if (call.operand(0) instanceof SqlIntervalQualifier part) {
            if (part.getStartUnit() == TimeUnit.EPOCH) {
                return Written.of("CAST(? AS double precision)", copy(call));
            }
            return Written.of("CAST(trunc(?) AS bigint)", copy(call));
        }
        return copy(call);
    }

    /** {@code INTERVAL n DAY} with a number that is not a literal. */
    private SqlNode interval(SqlCall call) {
        TimeUnit unit = ((SqlIntervalQualifier) call.operand(1)).getStartUnit();
        return Written.of("(? * INTERVAL '1 " + PostgresDialect.unit(unit) + "')", node(call.operand(0)));
    }

    private SqlNode divide(SqlCall call) {
        RelDataType left = type(call.operand(0));
        RelDataType right = type(call.operand(1));
        if (call.getOperator().equals(Operators.DIVISION) && left != null && right != null) {
            boolean numbers = SqlTypeUtil.isNumeric(left) && SqlTypeUtil.isNumeric(right);
            if (numbers && SqlTypeUtil.isExactNumeric(left)) {
                return Written.of("(CAST(? AS double precision) / ?)", node(call.operand(0)), node(call.operand(1)));
            }
        }
        return copy(call);
    }

    private SqlNode function(SqlCall call) {
        String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
        if (DOUBLE_AGGREGATES.contains(name)) {
            return asDouble(call, copy(call));
        }
        if (DOUBLE_FUNCTIONS.contains(name)) {
            return doubleFunction(name, call);
        }
        return switch (name) {
            case "ROUND" -> round(call);
            case "CEIL", "FLOOR", "TRUNC" -> {
                RelDataType type = type(call.operand(0));
                yield type != null && SqlTypeUtil.isIntType(type) && call.operandCount() == 1
                        ? node(call.operand(0))
                        : copy(call);
            }
            case "MEDIAN" -> Written.of("percentile_cont(0.5) WITHIN GROUP (ORDER BY ?)", node(call.operand(0)));
            case "QUANTILE_CONT" ->
                Written.of(
                        "percentile_cont(CAST(? AS double precision)) WITHIN GROUP (ORDER BY ?)",
                        node(call.operand(1)),
                        node(call.operand(0)));
            case "MODE" -> Written.of("mode() WITHIN GROUP (ORDER BY ?)", node(call.operand(0)));
            case "SOME" -> call.operandCount() == 1 ? Written.of("bool_or(?)", node(call.operand(0))) : copy(call);
            case "EPOCH" -> Written.of("CAST(EXTRACT(EPOCH FROM ?) AS double precision)", node(call.operand(0)));
            case "DATE_PART" -> datePart(call);
            case "LEN" -> {
                RelDataType type = type(call.operand(0));
                boolean list = type != null && type.getSqlTypeName() == SqlTypeName.ARRAY;
                yield Written.of(
                        list ? "CAST(cardinality(?) AS bigint)" : "CAST(length(?) AS bigint)", node(call.operand(0)));
            }
            case "ARRAY_LENGTH" -> Written.of("CAST(cardinality(?) AS bigint)", node(call.operand(0)));
            case "LIST_CONTAINS" -> {
                SqlNode list = node(call.operand(0));
                SqlNode value = node(call.operand(1));
                yield Written.of(
                        "(CASE WHEN ? IS NULL OR ? IS NULL THEN NULL ELSE array_position(?, ?) IS NOT NULL END)",
                        list,
                        value,
                        list,
                        value);
            }
            case "LENGTH", "CHAR_LENGTH", "CHARACTER_LENGTH", "OCTET_LENGTH", "STRPOS", "POSITION" ->
                Written.of("CAST(? AS bigint)", copy(call));
            case "//" -> integerDivision(call);
            case "**" ->
                Written.of(
                        "power(CAST(? AS double precision), CAST(? AS double precision))",
                        node(call.operand(0)),
                        node(call.operand(1)));
            case "GLOB" -> Written.of("(? ~ ?)", node(call.operand(0)), Patterns.glob(call.operand(1)));
            case "->>" -> Written.of("(? ->> ?)", node(call.operand(0)), Patterns.jsonKey(call.operand(1)));
            case "->" -> Written.of("(? -> ?)", node(call.operand(0)), Patterns.jsonKey(call.operand(1)));
            case "LIST_SLICE" -> slice(call);
            case "ITEM" -> item(call);
            case "UNNEST_ROWS" -> Written.of("unnest(?)", node(call.operand(0)));
            case "QUANTILE_DISC" ->
                Written.of(
                        "percentile_disc(CAST(? AS double precision)) WITHIN GROUP (ORDER BY ?)",
                        node(call.operand(1)),
                        node(call.operand(0)));
            case "ARG_MAX", "ARG_MIN" -> {
                SqlNode value = node(call.operand(0));
                SqlNode by = node(call.operand(1));
                String order = name.equals("ARG_MAX") ? "DESC" : "ASC";
                yield Written.of(
                        "(array_agg(? ORDER BY ? " + order + ") FILTER (WHERE ? IS NOT NULL AND ? IS NOT NULL))[1]",
                        value,
                        by,
                        value,
                        by);
            }
            case "MAX_N", "MIN_N" -> {
                SqlNode value = node(call.operand(0));
                String order = name.equals("MAX_N") ? "DESC" : "ASC";
                yield Written.of(
                        "(array_agg(? ORDER BY ? " + order + ") FILTER (WHERE ? IS NOT NULL))[1:?]",
                        value,
                        value,
                        value,
                        node(call.operand(1)));
            }
            case "APPROX_COUNT_DISTINCT" -> Written.of("count(DISTINCT ?)", node(call.operand(0)));
            case "STRFTIME" -> Written.of("to_char(?, ?)", node(call.operand(0)), Patterns.timeFormat(call.operand(1)));
            case "TRY_CAST" -> tryCast(call);
            case "CURRENT_CATALOG" -> Written.of("'" + Catalogue.CATALOG + "'::text");
            case "CURRENT_SCHEMA" -> Written.of("'" + Catalogue.SCHEMA + "'::text");
            case "VERSION" -> Written.of("'Voxelflight " + Catalogue.VERSION + "'::text");
            case "GENERATE_SERIES" -> series(call);
            case "EQUALS_ANY_OF" -> Written.of("(? = ANY (?))", node(call.operand(0)), node(call.operand(1)));
            case "REGEXP_LIKE" -> Written.of("(? ~ ?)", node(call.operand(0)), node(call.operand(1)));
            default -> copy(call);
        };
    }

    /** Of integers towards zero; NULL by zero. Of other numbers it is the quotient. */
    private SqlNode integerDivision(SqlCall call) {
        RelDataType left = type(call.operand(0));
        RelDataType right = type(call.operand(1));
        boolean integers = left != null && right != null && SqlTypeUtil.isIntType(left) && SqlTypeUtil.isIntType(right);
        return Written.of(
                integers
                        ? "(? / NULLIF(?, 0))"
                        : "(CAST(? AS double precision) / NULLIF(CAST(? AS double precision), 0))",
                node(call.operand(0)),
                node(call.operand(1)));
    }

    /** Indexes below zero count from the end. */
    private SqlNode item(SqlCall call) {
        RelDataType type = type(call.operand(0));
        if (type == null || type.getSqlTypeName() != SqlTypeName.ARRAY) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, "[...] after what is no list is not supported: write json -> 'key'");
        }
        SqlNode list = node(call.operand(0));
        SqlNode index = node(call.operand(1));
        return call.operand(1) instanceof SqlNumericLiteral literal
                        && literal.bigDecimalValue().signum() >= 0
                ? Written.of("(?)[?]", list, index)
                : Written.of(
                        "(?)[CASE WHEN ? < 0 THEN cardinality(?) + 1 + ? ELSE ? END]", list, index, list, index, index);
    }

    private SqlNode slice(SqlCall call) {
        SqlNode list = node(call.operand(0));
        List<SqlNode> bounds = new ArrayList<>(List.of(list));
        StringBuilder pattern = new StringBuilder("(?)[");
        for (int i = 1; i <= 2; i++) {
            SqlNode bound = call.operand(i);
            boolean none = bound instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.NULL;
            boolean number = bound instanceof SqlNumericLiteral literal
                    && literal.bigDecimalValue().signum() > 0;
            if (!none && !number) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        "a slice with bounds that are no plain numbers from 1 on is not supported: write list[1:2]");
            }
            if (!none) {
                pattern.append('?');
                bounds.add(bound);
            }
            pattern.append(i == 1 ? ":" : "]");
        }
        return Written.of(pattern.toString(), bounds.toArray(new SqlNode[0]));
    }

    /** NULL where the text of a value is not one of the type. */
    private SqlNode tryCast(SqlCall call) {
        RelDataType from = type(call.operand(0));
        RelDataType to = ((SqlDataTypeSpec) call.operand(1)).deriveType(validator);
        SqlNode value = node(call.operand(0));
        if (!hasColumns(call.operand(0))) {
            value = Written.of("(SELECT ?)", value); // else PostgreSQL casts a constant when it plans, and fails
        }
        String name = PostgresType.name(to);
        boolean text = from != null && SqlTypeName.CHAR_TYPES.contains(from.getSqlTypeName());
        boolean exact = from != null && SqlTypeUtil.isExactNumeric(from);
        if (SqlTypeUtil.isIntType(to) && (text || exact)) {
            String bounds =
                    switch (to.getSqlTypeName()) {
                        case SMALLINT -> "-32768 AND 32767";
                        case INTEGER -> "-2147483648 AND 2147483647";
                        default -> "-9223372036854775808 AND 9223372036854775807";
                    };
            return Written.of(
                    "(CASE WHEN pg_input_is_valid(CAST(? AS text), 'numeric')"
                            + " THEN CASE WHEN round(CAST(CAST(? AS text) AS numeric)) BETWEEN " + bounds
                            + " THEN CAST(round(CAST(CAST(? AS text) AS numeric)) AS " + name + ") END END)",
                    value,
                    value,
                    value);
        }
        if (text || (exact && SqlTypeUtil.isNumeric(to))) {
            return Written.of(
                    "(CASE WHEN pg_input_is_valid(CAST(? AS text), '" + name + "') THEN CAST(CAST(? AS text) AS " + name
                            + ") END)",
                    value,
                    value);
        }
        throw new ServiceException(
                ErrorCode.UNSUPPORTED,
                "TRY_CAST of " + (from == null ? "that" : from.getSqlTypeName()) + " to " + to.getSqlTypeName()
                        + " is not supported: write CAST, or TRY_CAST(CAST(x AS VARCHAR) AS ...)");
    }

    private static boolean hasColumns(SqlNode expression) {
        try {
            expression.accept(new SqlBasicVisitor<@Nullable Void>() {
                @Override
                public @Nullable Void visit(SqlIdentifier name) {
                    throw Util.FoundOne.NULL;
                }
            });
            return false;
        } catch (Util.FoundOne found) {
            return true;
        }
    }

    private SqlNode series(SqlCall call) {
        List<SqlNode> numbers = new ArrayList<>();
        call.getOperandList().forEach(operand -> numbers.add(node(operand)));
        if (numbers.size() == 1) {
            numbers.add(0, SqlLiteral.createExactNumeric("0", SqlParserPos.ZERO));
        }
        if (numbers.size() == 2) {
            numbers.add(SqlLiteral.createExactNumeric("1", SqlParserPos.ZERO));
        }
        return Written.of(
                "(SELECT generate_series(CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint))"
                        + " AS \"generate_series\")",
                numbers.toArray(new SqlNode[0]));
    }

    private SqlNode doubleFunction(String name, SqlCall call) {
        List<SqlNode> operands = new ArrayList<>();
        StringBuilder pattern = new StringBuilder(name.toLowerCase(Locale.ROOT)).append('(');
        for (SqlNode operand : call.getOperandList()) {
            pattern.append(operands.isEmpty() ? "" : ", ").append("CAST(? AS double precision)");
            operands.add(node(operand));
        }
        return Written.of(pattern.append(')').toString(), operands.toArray(new SqlNode[0]));
    }

    /** Through text, the shortest that is the same double: a cast of a double to numeric keeps only 15 digits. */
    private SqlNode round(SqlCall call) {
        RelDataType type = type(call.operand(0));
        SqlNode value = node(call.operand(0));
        boolean digits = call.operandCount() == 2;
        if (type == null || SqlTypeUtil.isDecimal(type)) {
            return copy(call);
        }
        if (SqlTypeUtil.isIntType(type)) {
            return digits
                    ? Written.of(
                            "CAST(round(CAST(? AS numeric), ?) AS " + PostgresType.name(type) + ")",
                            value,
                            node(call.operand(1)))
                    : value;
        }
        String back = ") AS " + PostgresType.name(type) + ")";
        return digits
                ? Written.of("CAST(round(CAST(CAST(? AS text) AS numeric), ?" + back, value, node(call.operand(1)))
                : Written.of("CAST(round(CAST(CAST(? AS text) AS numeric)" + back, value);
    }

    private SqlNode datePart(SqlCall call) {
        SqlCall part = copy(call);
        boolean whole = part.operand(0) instanceof SqlLiteral literal
                && SqlTypeName.CHAR_TYPES.contains(literal.getTypeName())
                && WHOLE_PARTS.contains(
                        String.valueOf(literal.getValueAs(String.class)).toLowerCase(Locale.ROOT));
        return whole ? Written.of("CAST(trunc(?) AS bigint)", part) : part;
    }

    /** A frame around an aggregate, and the aggregate inside it without the cast of its result. */
    private SqlNode frame(SqlCall call) {
        List<SqlNode> operands = new ArrayList<>();
        for (SqlNode operand : call.getOperandList()) {
            if (operands.isEmpty() && operand instanceof SqlCall inner) {
                if (AGGREGATE_FRAMES.contains(inner.getKind())) {
                    operands.add(frame(inner));
                } else {
                    operands.add(isDoubleAggregate(inner) ? copy(inner) : node(inner));
                }
            } else {
                operands.add(node(operand));
            }
        }
        return call.getOperator().createCall(call.getParserPosition(), operands);
    }

    private static SqlCall root(SqlCall call) {
        SqlCall root = call;
        while (AGGREGATE_FRAMES.contains(root.getKind())) {
            root = root.operand(0);
        }
        return root;
    }

    private static SqlNode asDouble(SqlCall aggregate, SqlNode written) {
        return isDoubleAggregate(aggregate) ? Written.of("CAST(? AS double precision)", written) : written;
    }

    private static boolean isDoubleAggregate(SqlCall call) {
        return DOUBLE_AGGREGATES.contains(call.getOperator().getName().toUpperCase(Locale.ROOT));
    }

    /** The call with its operands written, itself unchanged. */
    private SqlCall copy(SqlCall call) {
        SqlNode copy = super.visit(call);
        if (copy == call && call instanceof SqlBasicCall basic) {
            return (SqlCall) basic.clone(basic.getParserPosition());
        }
        return copy instanceof SqlCall copied ? copied : call;
    }

    private SqlNode node(SqlNode node) {
        SqlNode visited = node.accept(this);
        return visited == null ? node : visited;
    }

    private @Nullable RelDataType type(SqlNode node) {
        return validator.getValidatedNodeTypeIfKnown(node);
    }
}
