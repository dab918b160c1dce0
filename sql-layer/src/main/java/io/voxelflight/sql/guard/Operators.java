package io.voxelflight.sql.guard;

import static org.apache.calcite.sql.fun.SqlStdOperatorTable.*;

import io.voxelflight.sql.parse.Sugar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlBasicAggFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.jspecify.annotations.Nullable;

/**
 * The allow-list: every operator and function that a statement may use. The validator looks names up here and nowhere
 * else, so a function of PostgreSQL that is not named here does not exist.
 */
public final class Operators {
    /** Division as in DuckDB: of exact numbers it gives a DOUBLE, never an integer. */
    public static final SqlBinaryOperator DIVISION = new SqlBinaryOperator(
            "/",
            SqlKind.DIVIDE,
            60,
            true,
            ReturnTypes.chain(
                    binding -> {
                        RelDataType left = binding.getOperandType(0);
                        RelDataType right = binding.getOperandType(1);
                        if (!SqlTypeUtil.isNumeric(left) || !SqlTypeUtil.isNumeric(right)) {
                            return null;
                        }
                        return binding.getTypeFactory()
                                .createTypeWithNullability(
                                        binding.getTypeFactory().createSqlType(SqlTypeName.DOUBLE),
                                        left.isNullable() || right.isNullable());
                    },
                    ReturnTypes.QUOTIENT_NULLABLE),
            InferTypes.FIRST_KNOWN,
            OperandTypes.DIVISION_OPERATOR);

    /** {@code x = ANY (list)}. */
    public static final SqlFunction EQUALS_ANY_OF = new SqlFunction(
            "EQUALS_ANY_OF",
            SqlKind.OTHER_FUNCTION,
            ReturnTypes.BOOLEAN_NULLABLE,
            InferTypes.FIRST_KNOWN,
            OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.ARRAY),
            SqlFunctionCategory.SYSTEM);

    private static final SqlReturnTypeInference TIMESTAMPTZ =
            ReturnTypes.explicit(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
    private static final SqlReturnTypeInference TEXT = ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.FORCE_NULLABLE);
    private static final SqlReturnTypeInference JSON =
            ReturnTypes.explicit(SqlTypeName.ANY).andThen(SqlTypeTransforms.FORCE_NULLABLE);
    private static final SqlReturnTypeInference LIST_NULLABLE =
            ReturnTypes.ARG0.andThen(SqlTypeTransforms.TO_ARRAY).andThen(SqlTypeTransforms.FORCE_NULLABLE);
    private static final SqlReturnTypeInference ELEMENT_NULLABLE =
            ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE);

    /** {@code generate_series(1, 10)}: the last value is among the rows. */
    public static final SqlFunction GENERATE_SERIES = new Series("GENERATE_SERIES");

    private static final List<SqlOperator> ALL = List.copyOf(all());
    private static final Set<SqlOperator> IDENTITIES = identities();

    private Operators() {}

    /** What the validator looks operators up in. */
    public static SqlOperatorTable table() {
        return new SqlOperatorTable() {
            @Override
            public void lookupOperatorOverloads(
                    SqlIdentifier name,
                    @Nullable SqlFunctionCategory category,
                    SqlSyntax syntax,
                    List<SqlOperator> found,
                    SqlNameMatcher matcher) {
                if (!name.isSimple()) {
                    return;
                }
                for (SqlOperator operator : ALL) {
                    // functions with a syntax of their own, such as COUNT and CAST, are looked up as functions too
                    boolean same = syntax == SqlSyntax.FUNCTION
                            ? operator instanceof SqlFunction
                            : operator.getSyntax() == syntax;
                    if (same && operator.getName().equalsIgnoreCase(name.getSimple())) {
                        found.add(operator);
                    }
                }
            }

            @Override
            public List<SqlOperator> getOperatorList() {
                return ALL;
            }
        };
    }

    /** The function of a name, in any case; null if there is none, or more than one. */
    public static @Nullable SqlFunction function(String name) {
        SqlFunction found = null;
        for (SqlOperator operator : ALL) {
            if (operator instanceof SqlFunction function && function.getName().equalsIgnoreCase(name)) {
                if (found != null) {
                    return null;
                }
                found = function;
            }
        }
        return found;
    }

    static boolean allows(SqlOperator operator) {
        return IDENTITIES.contains(operator);
    }

    /** Names of all functions that can be called, in upper case, for catalogues of functions. */
    public static Set<String> functionNames(SqlFunctionCategory... categories) {
        Set<String> names = new TreeSet<>();
        for (SqlOperator operator : ALL) {
            if (operator instanceof SqlFunction function && List.of(categories).contains(function.getFunctionType())) {
                names.add(function.getName());
            }
        }
        return names;
    }

    /** Names of the functions of single values. */
    public static Set<String> scalarNames() {
        return names(false);
    }

    public static Set<String> aggregateNames() {
        return names(true);
    }

    private static Set<String> names(boolean aggregates) {
        Set<String> names = new TreeSet<>();
        for (SqlOperator operator : ALL) {
            if (operator instanceof SqlFunction function
                    && function.isAggregator() == aggregates
                    && Character.isLetter(function.getName().charAt(0))) {
                names.add(function.getName());
            }
        }
        return names;
    }

    private static List<SqlOperator> all() {
        List<SqlOperator> all = new ArrayList<>();
        // operators
        Collections.addAll(
                all,
                AND,
                OR,
                NOT,
                EQUALS,
                NOT_EQUALS,
                LESS_THAN,
                LESS_THAN_OR_EQUAL,
                GREATER_THAN,
                GREATER_THAN_OR_EQUAL,
                IS_DISTINCT_FROM,
                IS_NOT_DISTINCT_FROM,
                IS_NULL,
                IS_NOT_NULL,
                IS_TRUE,
                IS_NOT_TRUE,
                IS_FALSE,
                IS_NOT_FALSE,
                IS_UNKNOWN,
                IS_NOT_UNKNOWN,
                BETWEEN,
                NOT_BETWEEN,
                SYMMETRIC_BETWEEN,
                SYMMETRIC_NOT_BETWEEN,
                IN,
                NOT_IN,
                EXISTS,
                LIKE,
                NOT_LIKE,
                SIMILAR_TO,
                NOT_SIMILAR_TO,
                SqlLibraryOperators.ILIKE,
                SqlLibraryOperators.NOT_ILIKE,
                PLUS,
                MINUS,
                MULTIPLY,
                DIVISION,
                PERCENT_REMAINDER,
                UNARY_PLUS,
                UNARY_MINUS,
                CONCAT,
                DATETIME_PLUS,
                MINUS_DATE,
                INTERVAL,
                ITEM,
                DESC,
                NULLS_FIRST,
                NULLS_LAST,
                UNION,
                UNION_ALL,
                INTERSECT,
                INTERSECT_ALL,
                EXCEPT,
                EXCEPT_ALL,
                VALUES,
                UNNEST,
                UNNEST_WITH_ORDINALITY,
                LATERAL,
                EQUALS_ANY_OF,
                SOME_EQ,
                SOME_NE,
                SOME_LT,
                SOME_LE,
                SOME_GT,
                SOME_GE,
                ALL_EQ,
                ALL_NE,
                ALL_LT,
                ALL_LE,
                ALL_GT,
                ALL_GE,
                POSIX_REGEX_CASE_SENSITIVE,
                NEGATED_POSIX_REGEX_CASE_SENSITIVE,
                Sugar.INTEGER_DIVISION,
                Sugar.POWER,
                Sugar.GLOB,
                Sugar.JSON_TEXT,
                Sugar.JSON_VALUE,
                Sugar.SLICE,
                Sugar.UNNEST_ROWS,
                Sugar.SAME_POSITION,
                ARRAY_QUERY,
                GENERATE_SERIES,
                SqlLibraryOperators.TRY_CAST);
        // conversion and choice
        Collections.addAll(all, CAST, CASE, COALESCE, NULLIF);
        all.add(function(
                "GREATEST", ReturnTypes.LEAST_RESTRICTIVE, OperandTypes.SAME_VARIADIC, SqlFunctionCategory.SYSTEM));
        all.add(function(
                "LEAST", ReturnTypes.LEAST_RESTRICTIVE, OperandTypes.SAME_VARIADIC, SqlFunctionCategory.SYSTEM));
        // numbers
        Collections.addAll(
                all, ABS, MOD, POWER, LN, LOG10, EXP, SQRT, CBRT, CEIL, FLOOR, SIGN, ROUND, SIN, COS, TAN, COT, ASIN,
                ACOS, ATAN, ATAN2, PI, DEGREES, RADIANS);
        all.add(numeric("TRUNC", ReturnTypes.ARG0_NULLABLE, OperandTypes.NUMERIC));
        all.add(numeric("RANDOM", ReturnTypes.DOUBLE, OperandTypes.NILADIC));
        // text
        Collections.addAll(
                all,
                UPPER,
                LOWER,
                TRIM,
                SUBSTRING,
                POSITION,
                CHAR_LENGTH,
                CHARACTER_LENGTH,
                OCTET_LENGTH,
                OVERLAY,
                REPLACE,
                INITCAP);
        all.add(text("LENGTH", ReturnTypes.INTEGER_NULLABLE, OperandTypes.CHARACTER));
        all.add(text("LEFT", TEXT, OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.INTEGER)));
        all.add(text("RIGHT", TEXT, OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.INTEGER)));
        all.add(text("REPEAT", TEXT, OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.INTEGER)));
        all.add(text("REVERSE", TEXT, OperandTypes.CHARACTER));
        all.add(text("LTRIM", TEXT, OperandTypes.CHARACTER));
        all.add(text("RTRIM", TEXT, OperandTypes.CHARACTER));
        all.add(text(
                "LPAD",
                TEXT,
                OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.INTEGER, SqlTypeFamily.CHARACTER)));
        all.add(text(
                "RPAD",
                TEXT,
                OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.INTEGER, SqlTypeFamily.CHARACTER)));
        all.add(text(
                "SPLIT_PART",
                TEXT,
                OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.CHARACTER, SqlTypeFamily.INTEGER)));
        all.add(text("STARTS_WITH", ReturnTypes.BOOLEAN_NULLABLE, OperandTypes.STRING_SAME_SAME));
        all.add(text("STRPOS", ReturnTypes.INTEGER_NULLABLE, OperandTypes.STRING_SAME_SAME));
        all.add(text("ASCII", ReturnTypes.INTEGER_NULLABLE, OperandTypes.CHARACTER));
        all.add(text("CHR", TEXT, OperandTypes.INTEGER));
        all.add(text("MD5", TEXT, OperandTypes.CHARACTER));
        all.add(text("REGEXP_LIKE", ReturnTypes.BOOLEAN_NULLABLE, OperandTypes.STRING_SAME_SAME));
        all.add(text(
                "REGEXP_REPLACE",
                TEXT,
                OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.CHARACTER, SqlTypeFamily.CHARACTER)));
        // dates and times
        Collections.addAll(all, CURRENT_DATE, CURRENT_TIMESTAMP, EXTRACT);
        all.add(time("NOW", TIMESTAMPTZ, OperandTypes.NILADIC));
        all.add(time(
                "DATE_TRUNC",
                ReturnTypes.ARG1_NULLABLE,
                OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.DATETIME)));
        all.add(time(
                "DATE_PART",
                ReturnTypes.DOUBLE_NULLABLE,
                OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.DATETIME)));
        all.add(time("EPOCH", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.DATETIME.or(OperandTypes.INTERVAL)));
        all.add(time("TO_TIMESTAMP", TIMESTAMPTZ, OperandTypes.NUMERIC));
        all.add(time("STRFTIME", TEXT, OperandTypes.family(SqlTypeFamily.DATETIME, SqlTypeFamily.CHARACTER)));
        // the server
        all.add(bare("CURRENT_CATALOG"));
        all.add(bare("CURRENT_SCHEMA"));
        all.add(system("VERSION", ReturnTypes.VARCHAR, OperandTypes.NILADIC));
        // lists
        Collections.addAll(all, ARRAY_VALUE_CONSTRUCTOR, CARDINALITY, ROW);
        all.add(system("LEN", ReturnTypes.BIGINT_NULLABLE, OperandTypes.ARRAY.or(OperandTypes.CHARACTER)));
        all.add(system("ARRAY_LENGTH", ReturnTypes.BIGINT_NULLABLE, OperandTypes.ARRAY));
        all.add(system("LIST_CONTAINS", ReturnTypes.BOOLEAN_NULLABLE, OperandTypes.ARRAY_ELEMENT));
        all.add(system("ARRAY_TO_STRING", TEXT, OperandTypes.family(SqlTypeFamily.ARRAY, SqlTypeFamily.CHARACTER)));
        // JSON
        all.add(system("JSONB_EXTRACT_PATH_TEXT", TEXT, OperandTypes.VARIADIC));
        all.add(system("JSONB_EXTRACT_PATH", JSON, OperandTypes.VARIADIC));
        all.add(system("JSONB_TYPEOF", TEXT, OperandTypes.ANY));
        all.add(system("JSONB_ARRAY_LENGTH", ReturnTypes.INTEGER_NULLABLE, OperandTypes.ANY));
        // aggregates
        Collections.addAll(
                all,
                COUNT,
                SUM,
                AVG,
                MIN,
                MAX,
                ANY_VALUE,
                STDDEV,
                STDDEV_POP,
                STDDEV_SAMP,
                VARIANCE,
                VAR_POP,
                VAR_SAMP,
                COVAR_POP,
                COVAR_SAMP,
                REGR_COUNT,
                REGR_SXX,
                REGR_SYY,
                EVERY,
                SOME,
                GROUPING,
                PERCENTILE_CONT,
                PERCENTILE_DISC,
                GROUPING_SETS,
                ROLLUP,
                CUBE,
                WITHIN_GROUP,
                FILTER,
                SqlLibraryOperators.BOOL_AND,
                SqlLibraryOperators.BOOL_OR,
                SqlLibraryOperators.STRING_AGG,
                SqlLibraryOperators.ARRAY_AGG);
        all.add(aggregate("CORR", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC_NUMERIC));
        all.add(aggregate("MEDIAN", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC));
        all.add(aggregate("QUANTILE_CONT", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC_NUMERIC));
        all.add(aggregate("MODE", ELEMENT_NULLABLE, OperandTypes.ANY));
        all.add(aggregate("QUANTILE_DISC", ELEMENT_NULLABLE, OperandTypes.NUMERIC_NUMERIC));
        all.add(aggregate("ARG_MAX", ELEMENT_NULLABLE, OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.ANY)));
        all.add(aggregate("ARG_MIN", ELEMENT_NULLABLE, OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.ANY)));
        all.add(aggregate("MAX_N", LIST_NULLABLE, OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.INTEGER)));
        all.add(aggregate("MIN_N", LIST_NULLABLE, OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.INTEGER)));
        all.add(aggregate("APPROX_COUNT_DISTINCT", ReturnTypes.BIGINT, OperandTypes.ANY));
        // windows
        Collections.addAll(
                all,
                OVER,
                ROW_NUMBER,
                RANK,
                DENSE_RANK,
                PERCENT_RANK,
                CUME_DIST,
                NTILE,
                LAG,
                LEAD,
                FIRST_VALUE,
                LAST_VALUE,
                NTH_VALUE);
        return all;
    }

    private static Set<SqlOperator> identities() {
        Set<SqlOperator> identities = Collections.newSetFromMap(new IdentityHashMap<>());
        identities.addAll(ALL);
        return identities;
    }

    private static SqlFunction function(
            String name, SqlReturnTypeInference returns, SqlOperandTypeChecker operands, SqlFunctionCategory category) {
        return new SqlFunction(name, SqlKind.OTHER_FUNCTION, returns, InferTypes.FIRST_KNOWN, operands, category);
    }

    private static SqlFunction numeric(String name, SqlReturnTypeInference returns, SqlOperandTypeChecker operands) {
        return function(name, returns, operands, SqlFunctionCategory.NUMERIC);
    }

    private static SqlFunction text(String name, SqlReturnTypeInference returns, SqlOperandTypeChecker operands) {
        return function(name, returns, operands, SqlFunctionCategory.STRING);
    }

    private static SqlFunction time(String name, SqlReturnTypeInference returns, SqlOperandTypeChecker operands) {
        return function(name, returns, operands, SqlFunctionCategory.TIMEDATE);
    }

    private static SqlFunction system(String name, SqlReturnTypeInference returns, SqlOperandTypeChecker operands) {
        return function(name, returns, operands, SqlFunctionCategory.SYSTEM);
    }

    /** A text that standard SQL writes without brackets; they may be there. */
    private static SqlFunction bare(String name) {
        return new SqlFunction(
                name,
                SqlKind.OTHER_FUNCTION,
                ReturnTypes.VARCHAR,
                null,
                OperandTypes.NILADIC,
                SqlFunctionCategory.SYSTEM) {
            @Override
            public SqlSyntax getSyntax() {
                return SqlSyntax.FUNCTION_ID;
            }
        };
    }

    private static SqlAggFunction aggregate(
            String name, SqlReturnTypeInference returns, SqlOperandTypeChecker operands) {
        return SqlBasicAggFunction.create(name, SqlKind.OTHER_FUNCTION, returns, operands);
    }
}
