package io.voxelflight.sql.parse;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * What our grammar reads and Calcite has no node for: operators of our own, and what the parser builds with them. Most
 * stand for something that is written in standard SQL before validation.
 */
public final class Sugar {
    /** {@code 7 // 2}: of integers the integer without the rest, of other numbers the quotient. */
    public static final SqlBinaryOperator INTEGER_DIVISION = new SqlBinaryOperator(
            "//",
            SqlKind.OTHER_FUNCTION,
            60,
            true,
            binding -> {
                RelDataType left = binding.getOperandType(0);
                RelDataType right = binding.getOperandType(1);
                boolean integers = SqlTypeUtil.isIntType(left) && SqlTypeUtil.isIntType(right);
                RelDataType type = integers
                        ? binding.getTypeFactory().leastRestrictive(List.of(left, right))
                        : binding.getTypeFactory().createSqlType(SqlTypeName.DOUBLE);
                return type == null ? null : binding.getTypeFactory().createTypeWithNullability(type, true);
            },
            InferTypes.FIRST_KNOWN,
            OperandTypes.NUMERIC_NUMERIC);

    /** {@code 2 ** 3} and {@code 2 ^ 3}: a DOUBLE. */
    public static final SqlBinaryOperator POWER = new SqlBinaryOperator(
            "**",
            SqlKind.OTHER_FUNCTION,
            70,
            true,
            ReturnTypes.DOUBLE_NULLABLE,
            InferTypes.FIRST_KNOWN,
            OperandTypes.NUMERIC_NUMERIC);

    /** {@code text GLOB 'a*'}. */
    public static final SqlBinaryOperator GLOB = new SqlBinaryOperator(
            "GLOB",
            SqlKind.OTHER_FUNCTION,
            32,
            true,
            ReturnTypes.BOOLEAN_NULLABLE,
            InferTypes.FIRST_KNOWN,
            OperandTypes.STRING_SAME_SAME);

    /** {@code json ->> 'key'}: a member as text. */
    public static final SqlFunction JSON_TEXT = json("->>", true);

    /** {@code json -> 'key'}: a member as JSON. */
    public static final SqlFunction JSON_VALUE = json("->", false);

    /** {@code list[from:to]}; NULL where a bound is left out. */
    public static final SqlFunction SLICE = new SqlFunction(
            "LIST_SLICE",
            SqlKind.OTHER_FUNCTION,
            ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE),
            InferTypes.FIRST_KNOWN,
            OperandTypes.family(SqlTypeFamily.ARRAY, SqlTypeFamily.ANY, SqlTypeFamily.ANY),
            SqlFunctionCategory.SYSTEM);

    /** {@code unnest(list)} among expressions: a row for each value. */
    public static final SqlFunction UNNEST_ROWS = new SqlFunction(
            "UNNEST_ROWS",
            SqlKind.OTHER_FUNCTION,
            binding -> {
                RelDataType element = binding.getOperandType(0).getComponentType();
                return element == null ? null : binding.getTypeFactory().createTypeWithNullability(element, true);
            },
            InferTypes.FIRST_KNOWN,
            OperandTypes.ARRAY,
            SqlFunctionCategory.SYSTEM);

    /** The condition of a POSITIONAL JOIN. */
    public static final SqlFunction SAME_POSITION = new SqlFunction(
            "SAME_POSITION",
            SqlKind.OTHER_FUNCTION,
            ReturnTypes.BOOLEAN_NOT_NULL,
            null,
            OperandTypes.NILADIC,
            SqlFunctionCategory.SYSTEM);

    /** {@code * EXCLUDE (..) REPLACE (..) RENAME (..)}: the star and three lists. */
    public static final SqlOperator STAR = special("*");

    /** {@code [body FOR name IN list IF condition]}. */
    public static final SqlOperator COMPREHENSION = special("a list comprehension");

    /** A part of all rows, in LIMIT and of samples. */
    public static final SqlOperator PERCENT = special("PERCENT");

    /** A table, and the number of rows or {@link #PERCENT} to take of it. */
    public static final SqlOperator SAMPLE = special("TABLESAMPLE");

    /** What GROUP BY and ORDER BY have in place of columns. */
    public static final SqlOperator ALL = special("ALL");

    public static final SqlSetOperator UNION_BY_NAME = new SqlSetOperator("UNION BY NAME", SqlKind.UNION, 12, false);
    public static final SqlSetOperator UNION_ALL_BY_NAME =
            new SqlSetOperator("UNION ALL BY NAME", SqlKind.UNION, 12, true);

    /** Statements: each with the query it is about. */
    public static final SqlOperator DESCRIBE = special("DESCRIBE");

    public static final SqlOperator SUMMARIZE = special("SUMMARIZE");
    public static final SqlOperator EXPLAIN = special("EXPLAIN");
    public static final SqlOperator EXPLAIN_ANALYZE = special("EXPLAIN ANALYZE");

    /** {@code SHOW TABLES} and the like: the words as text. */
    public static final SqlOperator SHOW = special("SHOW");

    /** {@code PIVOT table ON axis IN values USING aggregates GROUP BY columns}. */
    public static final SqlOperator PIVOT = special("PIVOT");

    private static final Set<String> LAMBDA_FUNCTIONS = Set.of(
            "LIST_TRANSFORM",
            "LIST_APPLY",
            "ARRAY_TRANSFORM",
            "ARRAY_APPLY",
            "APPLY",
            "LIST_FILTER",
            "ARRAY_FILTER",
            "FILTER");

    private static final Set<SqlKind> COMPARISONS =
            Set.of(SqlKind.LESS_THAN, SqlKind.LESS_THAN_OR_EQUAL, SqlKind.GREATER_THAN, SqlKind.GREATER_THAN_OR_EQUAL);

    private static final Pattern INTERVAL_PART = Pattern.compile("\\G\\s*([+-]?\\d+)\\s*([a-zA-Z]+)\\s*");

    private static final Map<String, TimeUnit> UNITS = Map.ofEntries(
            Map.entry("year", TimeUnit.YEAR),
            Map.entry("month", TimeUnit.MONTH),
            Map.entry("week", TimeUnit.WEEK),
            Map.entry("day", TimeUnit.DAY),
            Map.entry("hour", TimeUnit.HOUR),
            Map.entry("minute", TimeUnit.MINUTE),
            Map.entry("second", TimeUnit.SECOND),
            Map.entry("mon", TimeUnit.MONTH),
            Map.entry("min", TimeUnit.MINUTE),
            Map.entry("sec", TimeUnit.SECOND),
            Map.entry("h", TimeUnit.HOUR),
            Map.entry("d", TimeUnit.DAY));

    private Sugar() {}

    public static boolean isStar(SqlNode item) {
        return item instanceof SqlIdentifier name && name.isStar();
    }

    /** Whether arrows among the arguments of a function are lambdas. */
    public static boolean takesLambda(SqlIdentifier function) {
        return LAMBDA_FUNCTIONS.contains(
                function.names.get(function.names.size() - 1).toUpperCase(Locale.ROOT));
    }

    /** A call of a function that the validator finds by its name. */
    public static SqlNode call(String function, SqlParserPos at, SqlNode... operands) {
        SqlOperator unresolved = new SqlUnresolvedFunction(
                new SqlIdentifier(function, at), null, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION);
        return unresolved.createCall(at, operands);
    }

    /** {@code SELECT * FROM table}. */
    public static SqlNode allOf(SqlNode table) {
        SqlParserPos at = table.getParserPosition();
        return new SqlSelect(
                at,
                null,
                SqlNodeList.of(SqlIdentifier.star(at)),
                table,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** {@code SELECT DISTINCT column FROM table WHERE column IS NOT NULL ORDER BY 1 LIMIT n}. */
    public static SqlNode distinct(SqlNode table, SqlNode column, int limit) {
        SqlParserPos at = column.getParserPosition();
        SqlNode select = new ExtendedSelect(
                at,
                SqlNodeList.of(SqlSelectKeyword.DISTINCT.symbol(at)),
                SqlNodeList.of(column),
                table,
                SqlStdOperatorTable.IS_NOT_NULL.createCall(at, column),
                null,
                null,
                SqlNodeList.EMPTY,
                null,
                null,
                null);
        return new SqlOrderBy(
                at,
                select,
                SqlNodeList.of(SqlLiteral.createExactNumeric("1", at)),
                null,
                SqlLiteral.createExactNumeric(Integer.toString(limit), at));
    }

    /** The values of a list after IN. */
    public static SqlNodeList values(SqlNode list) {
        if (!(list instanceof SqlCall call)
                || !call.getOperator().equals(SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR)
                || call.operandCount() == 0) {
            throw unsupported("such a list after IN", "write IN (1, 2)");
        }
        for (SqlNode value : call.getOperandList()) {
            if (value instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.NULL) {
                throw unsupported("NULL in a list after IN", "write IN (1, 2) OR x IS NULL");
            }
        }
        return new SqlNodeList(call.getOperandList(), call.getParserPosition());
    }

    /** The size of a sample. */
    public static SqlNode size(SqlNode number, boolean percent, SqlParserPos at) {
        return percent ? PERCENT.createCall(at, number) : number;
    }

    public static SqlNode percentOnly(SqlNode number, boolean percent, SqlParserPos at) {
        if (!percent) {
            throw unsupported("a BERNOULLI or SYSTEM sample of a number of rows", "write TABLESAMPLE 1%, or 10 ROWS");
        }
        return size(number, true, at);
    }

    public static SqlNode show(SqlParserPos at, SqlIdentifier what, boolean all) {
        String words = (all ? "ALL " : "") + what;
        return SHOW.createCall(at, SqlLiteral.createCharString(words, at), what);
    }

    public static SqlNode pragma(SqlParserPos at, SqlIdentifier name, @Nullable SqlNode argument) {
        String word = name.getSimple().toUpperCase(Locale.ROOT);
        if (word.equals("SHOW_TABLES") && argument == null) {
            return SHOW.createCall(at, SqlLiteral.createCharString("TABLES", at), name);
        }
        if (word.equals("TABLE_INFO") && argument != null) {
            SqlIdentifier table = argument instanceof SqlLiteral literal
                    ? new SqlIdentifier(String.valueOf(literal.getValueAs(String.class)), at)
                    : (SqlIdentifier) argument;
            return SHOW.createCall(at, SqlLiteral.createCharString("TABLE_INFO", at), table);
        }
        throw unsupported("PRAGMA " + name.getSimple(), "write PRAGMA table_info('table'), DESCRIBE or SHOW TABLES");
    }

    /** {@code LEFT ASOF JOIN u ON t.a = u.a AND t.time >= u.time}: equalities, and one inequality. */
    public static SqlNode asofJoin(
            SqlNode left, SqlLiteral natural, SqlLiteral type, SqlNode right, SqlLiteral on, SqlNode condition) {
        List<SqlNode> equalities = new ArrayList<>();
        List<SqlNode> inequalities = new ArrayList<>();
        split(condition, equalities, inequalities);
        if (inequalities.size() != 1) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "an ASOF JOIN needs exactly one inequality in ON, it has " + inequalities.size()
                            + ": write ON t.a = u.a AND t.time >= u.time");
        }
        SqlNode equal = equalities.isEmpty()
                ? SqlLiteral.createBoolean(true, condition.getParserPosition())
                : equalities.get(0);
        for (int i = 1; i < equalities.size(); i++) {
            equal = SqlStdOperatorTable.AND.createCall(condition.getParserPosition(), equal, equalities.get(i));
        }
        return new SqlAsofJoin(type.getParserPosition(), left, natural, type, right, on, equal, inequalities.get(0));
    }

    public static void checkUsing(SqlLiteral type) {
        JoinType join = type.getValueAs(JoinType.class);
        if (join == JoinType.ASOF || join == JoinType.LEFT_ASOF) {
            throw unsupported("ASOF JOIN with USING", "write ON t.a = u.a AND t.time >= u.time");
        }
    }

    public static SqlNode positionalJoin(SqlNode left, SqlLiteral natural, SqlLiteral type, SqlNode right) {
        SqlParserPos at = type.getParserPosition();
        return new SqlJoin(
                at, left, natural, type, right, JoinConditionType.ON.symbol(at), SAME_POSITION.createCall(at));
    }

    /** {@code INTERVAL '1 day'}: the unit stands in the text. */
    public static SqlNode interval(SqlParserPos at, int sign, String text) {
        Matcher part = INTERVAL_PART.matcher(text);
        SqlNode sum = null;
        int end = 0;
        while (part.find()) {
            String word = part.group(2).toLowerCase(Locale.ROOT);
            TimeUnit unit = UNITS.getOrDefault(word, UNITS.get(word.replaceFirst("s$", "")));
            if (unit == null) {
                break;
            }
            end = part.end();
            String digits = part.group(1).replaceFirst("^[+-]", "");
            int direction = part.group(1).startsWith("-") ? -sign : sign;
            SqlNode literal = SqlLiteral.createInterval(
                    direction,
                    digits,
                    new SqlIntervalQualifier(unit, Math.min(10, Math.max(2, digits.length())), null, -1, at),
                    at);
            sum = sum == null ? literal : SqlStdOperatorTable.PLUS.createCall(at, sum, literal);
        }
        if (sum == null || end < text.length()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the interval '" + Shortened.of(text) + "' is not understood: write INTERVAL '90 minutes'");
        }
        return sum;
    }

    private static void split(SqlNode condition, List<SqlNode> equalities, List<SqlNode> inequalities) {
        if (condition.getKind() == SqlKind.AND) {
            for (SqlNode part : ((SqlCall) condition).getOperandList()) {
                split(part, equalities, inequalities);
            }
        } else if (COMPARISONS.contains(condition.getKind())) {
            inequalities.add(condition);
        } else {
            equalities.add(condition);
        }
    }

    private static SqlFunction json(String name, boolean text) {
        return new SqlFunction(
                name,
                SqlKind.OTHER_FUNCTION,
                ReturnTypes.explicit(text ? SqlTypeName.VARCHAR : SqlTypeName.ANY)
                        .andThen(SqlTypeTransforms.FORCE_NULLABLE),
                InferTypes.FIRST_KNOWN,
                OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.ANY),
                SqlFunctionCategory.SYSTEM);
    }

    private static SqlOperator special(String name) {
        return new SqlSpecialOperator(name, SqlKind.OTHER);
    }

    private static ServiceException unsupported(String what, String hint) {
        return new ServiceException(ErrorCode.UNSUPPORTED, what + " is not supported: " + hint);
    }
}
