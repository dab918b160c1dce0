package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.util.Litmus;

/** A type written with PostgreSQL's name. */
final class PostgresType extends SqlTypeNameSpec {
    private final String name;
    private final RelDataType type;

    private PostgresType(String name, RelDataType type) {
        super(new SqlIdentifier(name, SqlParserPos.ZERO), SqlParserPos.ZERO);
        this.name = name;
        this.type = type;
    }

    static SqlDataTypeSpec spec(RelDataType type) {
        return new SqlDataTypeSpec(new PostgresType(name(type), type), SqlParserPos.ZERO);
    }

    static String name(RelDataType type) {
        return switch (type.getSqlTypeName()) {
            case BOOLEAN -> "boolean";
            case TINYINT, SMALLINT -> "smallint";
            case INTEGER -> "integer";
            case BIGINT -> "bigint";
            case REAL -> "real";
            case FLOAT, DOUBLE -> "double precision";
            case DECIMAL -> "numeric(" + type.getPrecision() + "," + type.getScale() + ")";
            case CHAR, VARCHAR -> "text";
            case BINARY, VARBINARY -> "bytea";
            case DATE -> "date";
            case TIME -> "time";
            case TIMESTAMP -> "timestamp";
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> "timestamp with time zone";
            case UUID -> "uuid";
            case ARRAY -> name(elementOf(type)) + "[]";
            case INTERVAL_YEAR,
                    INTERVAL_YEAR_MONTH,
                    INTERVAL_MONTH,
                    INTERVAL_DAY,
                    INTERVAL_DAY_HOUR,
                    INTERVAL_DAY_MINUTE,
                    INTERVAL_DAY_SECOND,
                    INTERVAL_HOUR,
                    INTERVAL_HOUR_MINUTE,
                    INTERVAL_HOUR_SECOND,
                    INTERVAL_MINUTE,
                    INTERVAL_MINUTE_SECOND,
                    INTERVAL_SECOND -> "interval";
            default ->
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED, "the type " + type + " is not supported: see the types in docs/sql.md");
        };
    }

    @Override
    public RelDataType deriveType(SqlValidator validator) {
        return type;
    }

    @Override
    public void unparse(SqlWriter writer, int left, int right) {
        writer.keyword(name);
    }

    @Override
    public boolean equalsDeep(SqlTypeNameSpec other, Litmus litmus) {
        return (other instanceof PostgresType type && type.name.equals(name)) ? litmus.succeed() : litmus.fail(name);
    }

    private static RelDataType elementOf(RelDataType list) {
        RelDataType element = list.getComponentType();
        if (element == null) {
            throw new IllegalStateException("a list without a type of element: " + list);
        }
        return element;
    }
}
