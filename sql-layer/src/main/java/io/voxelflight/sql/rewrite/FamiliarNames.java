package io.voxelflight.sql.rewrite;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.guard.Operators;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCollectionTypeNameSpec;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUserDefinedTypeNameSpec;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Gives types and functions the names that the validator knows: {@code text}, {@code int8}, {@code ifnull}. Types mean
 * what they mean in DuckDB: FLOAT has four bytes, DECIMAL alone is DECIMAL(18,3), the length of VARCHAR(n) is ignored.
 */
public final class FamiliarNames extends SqlShuttle {
    private static final Map<String, SqlTypeName> TYPES = Map.ofEntries(
            Map.entry("TEXT", SqlTypeName.VARCHAR),
            Map.entry("STRING", SqlTypeName.VARCHAR),
            Map.entry("BPCHAR", SqlTypeName.VARCHAR),
            Map.entry("BOOL", SqlTypeName.BOOLEAN),
            Map.entry("LOGICAL", SqlTypeName.BOOLEAN),
            Map.entry("INT2", SqlTypeName.SMALLINT),
            Map.entry("SHORT", SqlTypeName.SMALLINT),
            Map.entry("INT", SqlTypeName.INTEGER),
            Map.entry("INT4", SqlTypeName.INTEGER),
            Map.entry("SIGNED", SqlTypeName.INTEGER),
            Map.entry("INT8", SqlTypeName.BIGINT),
            Map.entry("LONG", SqlTypeName.BIGINT),
            Map.entry("FLOAT4", SqlTypeName.REAL),
            Map.entry("FLOAT8", SqlTypeName.DOUBLE),
            Map.entry("DOUBLE", SqlTypeName.DOUBLE),
            Map.entry("DATETIME", SqlTypeName.TIMESTAMP),
            Map.entry("TIMESTAMPTZ", SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE),
            Map.entry("BLOB", SqlTypeName.VARBINARY),
            Map.entry("BYTEA", SqlTypeName.VARBINARY),
            Map.entry("UUID", SqlTypeName.UUID),
            Map.entry("HUGEINT", SqlTypeName.DECIMAL));

    private static final int DECIMAL_PRECISION = 18;
    private static final int DECIMAL_SCALE = 3;
    private static final int HUGEINT_DIGITS = 38;

    private static final Map<String, String> FUNCTIONS = Map.ofEntries(
            Map.entry("IFNULL", "COALESCE"),
            Map.entry("NVL", "COALESCE"),
            Map.entry("POW", "POWER"),
            Map.entry("CEILING", "CEIL"),
            Map.entry("LOG", "LOG10"),
            Map.entry("MEAN", "AVG"),
            Map.entry("LIST", "ARRAY_AGG"),
            Map.entry("GROUP_CONCAT", "STRING_AGG"),
            Map.entry("LISTAGG", "STRING_AGG"),
            Map.entry("ARRAY_CONTAINS", "LIST_CONTAINS"),
            Map.entry("LIST_HAS", "LIST_CONTAINS"),
            Map.entry("SUBSTR", "SUBSTRING"),
            Map.entry("UCASE", "UPPER"),
            Map.entry("LCASE", "LOWER"),
            Map.entry("INSTR", "STRPOS"),
            Map.entry("REGEXP_MATCHES", "REGEXP_LIKE"),
            Map.entry("TRUNCATE", "TRUNC"),
            Map.entry("MAX_BY", "ARG_MAX"),
            Map.entry("MIN_BY", "ARG_MIN"),
            Map.entry("ARGMAX", "ARG_MAX"),
            Map.entry("ARGMIN", "ARG_MIN"),
            Map.entry("FIRST", "ANY_VALUE"),
            Map.entry("ARBITRARY", "ANY_VALUE"),
            Map.entry("QUANTILE", "QUANTILE_DISC"),
            Map.entry("CURRENT_DATABASE", "CURRENT_CATALOG"));

    /** Functions that give a part of a time, and the part. */
    private static final Map<String, String> DATE_PARTS = Map.ofEntries(
            Map.entry("YEAR", "year"),
            Map.entry("QUARTER", "quarter"),
            Map.entry("MONTH", "month"),
            Map.entry("WEEK", "week"),
            Map.entry("WEEKOFYEAR", "week"),
            Map.entry("DAY", "day"),
            Map.entry("DAYOFMONTH", "day"),
            Map.entry("DAYOFWEEK", "dow"),
            Map.entry("ISODOW", "isodow"),
            Map.entry("DAYOFYEAR", "doy"),
            Map.entry("HOUR", "hour"),
            Map.entry("MINUTE", "minute"),
            Map.entry("SECOND", "second"));

    /** Functions of DuckDB that are not here, and what to write. */
    private static final Map<String, String> MISSING = Map.of(
            "HISTOGRAM", "write SELECT x, count(*) ... GROUP BY x",
            "STRUCT_PACK", "select the values as columns of their own",
            "MAP", "select keys and values as columns of their own",
            "COLUMNS", "write COLUMNS('pattern') as an item of its own of the select list",
            "UNNEST", "write unnest(list) as an item of its own, or FROM unnest(list) AS t(x)",
            "LIST_REDUCE", "write an aggregate over unnest(list)",
            "READ_PARQUET", "this server reads only its own tables",
            "READ_CSV", "this server reads only its own tables");

    /** The name under which the validator knows a function. */
    static String known(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return FUNCTIONS.getOrDefault(upper, upper);
    }

    private FamiliarNames() {}

    public static SqlNode apply(SqlNode tree) {
        SqlNode named = tree.accept(new FamiliarNames());
        return named == null ? tree : named;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        SqlNode visited = super.visit(call);
        if (visited instanceof SqlCall some && some.getOperator().equals(SqlStdOperatorTable.SOME_EQ)) {
            return equalsAny(some);
        }
        if (!(visited instanceof SqlCall copy) || !(copy.getOperator() instanceof SqlFunction function)) {
            return visited;
        }
        String name = function.getName().toUpperCase(Locale.ROOT);
        if (name.equals("IF") && copy.operandCount() == 3) {
            return SqlStdOperatorTable.CASE.createCall(
                    null,
                    copy.getParserPosition(),
                    null,
                    SqlNodeList.of(copy.operand(0)),
                    SqlNodeList.of(copy.operand(1)),
                    copy.operand(2));
        }
        if (MISSING.containsKey(name)) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, name.toLowerCase(Locale.ROOT) + "() is not supported: " + MISSING.get(name));
        }
        if (name.equals("COUNT") && copy.operandCount() == 0) {
            return SqlStdOperatorTable.COUNT.createCall(
                    copy.getParserPosition(), SqlIdentifier.star(copy.getParserPosition()));
        }
        if (name.equals("CONCAT") && copy.operandCount() > 0) {
            return concat(copy);
        }
        if (DATE_PARTS.containsKey(name) && copy.operandCount() == 1) {
            return Objects.requireNonNull(Operators.function("DATE_PART"))
                    .createCall(
                            copy.getParserPosition(),
                            SqlLiteral.createCharString(DATE_PARTS.get(name), copy.getParserPosition()),
                            copy.operand(0));
        }
        String known = known(name);
        if ((known.equals("MAX") || known.equals("MIN")) && copy.operandCount() == 2) {
            known = known + "_N";
        }
        SqlFunction bound = Operators.function(known);
        if (bound == null || bound.equals(function)) {
            return visited;
        }
        return bound.createCall(copy.getFunctionQuantifier(), copy.getParserPosition(), copy.getOperandList());
    }

    @Override
    public SqlNode visit(SqlDataTypeSpec type) {
        return new SqlDataTypeSpec(
                named(type.getTypeNameSpec()), type.getTimeZone(), type.getNullable(), type.getParserPosition());
    }

    /** {@code concat(a, b)}: like {@code ||}, but of any type, and NULL is nothing. */
    private static SqlNode concat(SqlCall call) {
        SqlParserPos at = call.getParserPosition();
        SqlNode text = null;
        for (SqlNode operand : call.getOperandList()) {
            SqlNode cast = SqlStdOperatorTable.CAST.createCall(
                    at, operand, new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, at), at));
            SqlNode part = SqlStdOperatorTable.COALESCE.createCall(at, cast, SqlLiteral.createCharString("", at));
            text = text == null ? part : SqlStdOperatorTable.CONCAT.createCall(at, text, part);
        }
        return Objects.requireNonNull(text);
    }

    /** {@code x = ANY (list)}: the parser takes the list for a row of values. */
    private static SqlNode equalsAny(SqlCall some) {
        if (some.operand(1) instanceof SqlNodeList values
                && values.size() == 1
                && !values.get(0).isA(SqlKind.QUERY)
                && !(values.get(0) instanceof SqlLiteral)) {
            return Operators.EQUALS_ANY_OF.createCall(some.getParserPosition(), some.operand(0), values.get(0));
        }
        return some;
    }

    private static SqlTypeNameSpec named(SqlTypeNameSpec type) {
        SqlParserPos at = type.getParserPos();
        if (type instanceof SqlCollectionTypeNameSpec list) {
            if (!list.getTypeName().getSimple().equalsIgnoreCase("ARRAY")) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED, "the type MULTISET is not supported: write a list, such as INTEGER[]");
            }
            return new SqlCollectionTypeNameSpec(named(list.getElementTypeName()), SqlTypeName.ARRAY, at);
        }
        if (type instanceof SqlUserDefinedTypeNameSpec) {
            String name = type.getTypeName().toString().toUpperCase(Locale.ROOT);
            SqlTypeName known = TYPES.get(name);
            if (known == SqlTypeName.DECIMAL) {
                return new SqlBasicTypeNameSpec(known, HUGEINT_DIGITS, 0, at);
            }
            if (known == null) {
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        "the type '" + type.getTypeName() + "' is not supported: see the types in docs/sql.md");
            }
            return new SqlBasicTypeNameSpec(known, at);
        }
        if (type instanceof SqlBasicTypeNameSpec basic) {
            String name = basic.getTypeName().getSimple().toUpperCase(Locale.ROOT);
            return switch (name) {
                case "FLOAT" -> new SqlBasicTypeNameSpec(SqlTypeName.REAL, at);
                case "CHAR", "VARCHAR" -> new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, at);
                case "BINARY" -> new SqlBasicTypeNameSpec(SqlTypeName.VARBINARY, at);
                case "DECIMAL" ->
                    basic.getPrecision() >= 0
                            ? basic
                            : new SqlBasicTypeNameSpec(SqlTypeName.DECIMAL, DECIMAL_PRECISION, DECIMAL_SCALE, at);
                case "TINYINT" ->
                    throw new ServiceException(
                            ErrorCode.UNSUPPORTED, "the type TINYINT is not supported: write SMALLINT");
                default -> basic;
            };
        }
        return type;
    }
}
